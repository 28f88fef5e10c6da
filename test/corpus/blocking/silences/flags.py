import os
import time

import requests


def send(url, is_async=False, local_only=False):
    if is_async:
        return send_later(url)
    if local_only is False:
        return requests.get(url, timeout=3)
    return None


def hand_on(url, is_async, session=None):
    data = {} if is_async else requests.get(url, timeout=3).json()
    if session is not None:
        time.sleep(1)
    return data, send(url, is_async=is_async)


async def send_later(url):
    return url


async def told_not_to(url):
    # ok: python/blocking-http
    await send(url, is_async=True)
    # ok: python/blocking-http
    send(url, False, True)
    # ok: python/blocking-http
    hand_on(url, True)
    # ok: python/blocking-sleep
    hand_on(url, True, None)


async def told_to(url, flag, options):
    # ruleid: python/blocking-http
    send(url)
    # ruleid: python/blocking-http
    send(url, is_async=False)
    # ruleid: python/blocking-http
    send(url, flag)
    # ruleid: python/blocking-http
    send(url, **options)
    # ruleid: python/blocking-http
    hand_on(url, False)
    # ruleid: python/blocking-sleep
    hand_on(url, True, options)


async def flag_bound_anew(url):
    # ruleid: python/blocking-http
    bound_anew(url, True)


def bound_anew(url, is_async):
    is_async = bool(url) and not is_async
    if is_async:
        return None
    return requests.get(url, timeout=3)


async def hardly_any_time(pid):
    # ok: python/blocking-sleep
    time.sleep(0)
    # ok: python/blocking-sleep
    time.sleep(0.001)
    # ok: python/blocking-subprocess
    os.waitpid(pid, os.WNOHANG)
    # ruleid: python/blocking-subprocess
    os.waitpid(pid, 0)
    # ruleid: python/blocking-sleep
    time.sleep(0.5)
    # ruleid: python/blocking-file-status
    while not os.path.exists("ready"):
        # ruleid: python/blocking-sleep
        time.sleep(0.01)


def crash_here(signal_or_error, key):
    if isinstance(signal_or_error, Exception):
        raise signal_or_error
    os.kill(os.getpid(), signal_or_error)
    time.sleep(10)
    raise RuntimeError(f"still there after {key}")


def tell_and_wait(pid, number):
    os.kill(pid, number)
    time.sleep(10)


async def struck(signals):
    # ok: python/blocking-sleep
    crash_here(signals.get("BEGUN"), "BEGUN")
    # ruleid: python/blocking-sleep
    tell_and_wait(signals["pid"], 9)
