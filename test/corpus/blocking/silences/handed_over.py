import asyncio
import functools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from asgiref.sync import sync_to_async
from tornado.concurrent import run_on_executor
from tornado.ioloop import IOLoop
from twisted.internet.threads import deferToThread

executor = ThreadPoolExecutor(4)


def load(url):
    return requests.get(url, timeout=3).text


class Worker:
    executor = executor

    @run_on_executor
    def load_elsewhere(self, url):
        return requests.get(url, timeout=3).text

    async def use(self, url):
        # ok: python/blocking-http
        return await self.load_elsewhere(url)


@sync_to_async
def wrapped(url):
    return requests.get(url, timeout=3).text


async def executors(url):
    loop = asyncio.get_running_loop()
    # ok: python/blocking-http
    await loop.run_in_executor(None, load, url)
    # ok: python/blocking-http
    await loop.run_in_executor(executor, functools.partial(requests.get, url, timeout=3))
    # ok: python/blocking-http
    await loop.run_in_executor(executor, lambda: requests.get(url, timeout=3))
    # ok: python/blocking-http
    await asyncio.to_thread(load, url)
    # ok: python/blocking-http
    executor.submit(load, url)
    # ok: python/blocking-http
    await IOLoop.current().run_in_executor(None, load, url)
    # ok: python/blocking-http
    await sync_to_async(load)(url)
    # ok: python/blocking-http
    await wrapped(url)
    # ok: python/blocking-http
    deferToThread(load, url)
    # ok: python/blocking-http
    threading.Thread(target=load, args=(url,)).start()


async def nested(url):
    # ok: python/blocking-http
    def inside():
        return requests.get(url, timeout=3)

    return await asyncio.to_thread(inside)


async def nested_and_called(url):
    def inside():
        return requests.get(url, timeout=3)

    # ruleid: python/blocking-http
    return inside()


async def evaluated_first(url):
    # The argument is evaluated here, on the loop, before anything is handed over.
    # ruleid: python/blocking-http
    executor.submit(print, requests.get(url, timeout=3))


def no_coroutine():
    # ok: python/blocking-sleep
    time.sleep(1)
