"""After the list of rules of flake8-async, ASYNC210 to ASYNC251, asked by alias and by parts of a module too."""
import asyncio
import os
import pathlib
import shutil
import subprocess as processes
from os import waitpid
from subprocess import Popen, check_output
from time import sleep

import httpx
import trio
import urllib3


async def by_a_pool(pool: urllib3.PoolManager, url):
    # ruleid: python/blocking-http
    return pool.request("GET", url)


async def by_a_pool_of_its_own(url):
    pool = urllib3.PoolManager()
    # ruleid: python/blocking-http
    return pool.request("GET", url)


async def by_a_client(client: httpx.Client, url):
    # ruleid: python/blocking-http
    return client.post(url)


async def by_an_asynchronous_client(client: httpx.AsyncClient, url):
    # ok: python/blocking-http
    return await client.post(url)


async def started(command):
    # ruleid: python/blocking-process-start
    Popen(command)


async def output_of(command):
    # ruleid: python/blocking-subprocess
    return check_output(command)


async def ran(command):
    # ruleid: python/blocking-subprocess
    processes.run(command)


async def ran_by_trio(command):
    # ok: python/blocking-subprocess
    await trio.run_process(command)


async def waited(pid):
    # ruleid: python/blocking-subprocess
    waitpid(pid, 0)


async def opened(path):
    # ruleid: python/blocking-file
    with open(path) as file:
        return len(file.readlines())


async def opened_by_its_descriptor(number):
    # ruleid: python/blocking-file
    file = os.fdopen(number)
    try:
        return file.read()
    finally:
        file.close()


async def opened_by_trio(path):
    # ok: python/blocking-file
    async with await trio.open_file(path) as file:
        return await file.read()


async def read_from(path: pathlib.Path):
    # ruleid: python/blocking-file
    return path.read_text()


async def is_there(path):
    # ruleid: python/blocking-file-status
    return os.path.isfile(path)


async def is_there_by_trio(path):
    # ok: python/blocking-file-status
    return await trio.Path(path).is_file()


async def copied(source, target):
    # ruleid: python/blocking-file
    shutil.copyfile(source, target)


async def copied_in_a_thread(source, target):
    # ok: python/blocking-file
    await trio.to_thread.run_sync(shutil.copyfile, source, target)


async def typed():
    # ruleid: python/blocking-input
    return input()


async def slept():
    # ruleid: python/blocking-sleep
    sleep(1)


async def with_a_function_for_a_thread():
    def work():
        # ok: python/blocking-sleep
        sleep(1)

    await asyncio.to_thread(work)
