"""After the examples in ruff's pages of rules ASYNC210 to ASYNC251: what blocks in a coroutine, and its asynchronous twin."""
import asyncio
import os
import subprocess
import time
import urllib.request

import aiohttp
import anyio
import httpx
import requests


async def fetched_by_urllib(url):
    # ruleid: python/blocking-http
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


async def fetched_by_requests(url):
    # ruleid: python/blocking-http
    return requests.get(url, timeout=5).json()


async def posted_by_httpx(url):
    # ruleid: python/blocking-http
    return httpx.post(url, timeout=5).status_code


async def fetched_by_aiohttp(url):
    async with aiohttp.ClientSession() as session:
        # ok: python/blocking-http
        async with session.get(url) as answer:
            return await answer.text()


async def fetched_by_a_client(url):
    with httpx.Client(timeout=5) as client:
        # ruleid: python/blocking-http
        return client.get(url).text


async def fetched_by_an_asynchronous_client(url):
    async with httpx.AsyncClient(timeout=5) as client:
        # ok: python/blocking-http
        return (await client.get(url)).text


async def started_by_popen(command):
    # ruleid: python/blocking-process-start
    return os.popen(command)


async def ran(command):
    # ruleid: python/blocking-subprocess
    subprocess.run(command)


async def ran_by_the_shell(command):
    # ruleid: python/blocking-subprocess
    os.system(command)


async def ran_asynchronously(command):
    # ok: python/blocking-subprocess
    await asyncio.create_subprocess_shell(command)


async def waited_for(pid):
    # ruleid: python/blocking-subprocess
    os.waitpid(pid, 0)


async def waited_for_its_process(command):
    process = await asyncio.create_subprocess_exec(command)
    # ok: python/blocking-subprocess
    await process.wait()


async def read(path):
    # ruleid: python/blocking-file
    with open(path) as file:
        return file.read()


async def read_asynchronously(path):
    # ok: python/blocking-file
    async with await anyio.open_file(path) as file:
        return await file.read()


async def asked_for(path):
    # ruleid: python/blocking-file-status
    return os.path.exists(path)


async def asked_asynchronously_for(path):
    # ok: python/blocking-file-status
    return await anyio.Path(path).exists()


async def only_joined(folder, name):
    # ok: python/blocking-file-status
    return os.path.join(folder, name)


async def typed():
    # ruleid: python/blocking-input
    return input("name: ")


async def typed_in_a_thread():
    # ok: python/blocking-input
    return await asyncio.to_thread(input, "name: ")


async def slept():
    # ruleid: python/blocking-sleep
    time.sleep(1)


async def slept_asynchronously():
    # ok: python/blocking-sleep
    await asyncio.sleep(1)


def slept_in_a_thread():
    # ok: python/blocking-sleep
    time.sleep(1)
