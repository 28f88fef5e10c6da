import asyncio
import urllib.request

import aiohttp
import httpx
import motor.motor_asyncio
import redis.asyncio as redis
from psycopg import AsyncConnection
from redis.asyncio import Redis, from_url
from tornado.httpclient import AsyncHTTPClient


class Cache:
    def __init__(self):
        self.redis = redis.Redis()
        self.later = from_url("redis://cache")

    async def get(self, key):
        # ok: python/blocking-redis
        pipe = self.redis.pipeline()
        # ok: python/blocking-redis
        pipe.get(key)
        # ok: python/blocking-redis
        await pipe.execute()
        # ok: python/blocking-redis
        self.later.pipeline()
        # ok: python/blocking-redis
        return await self.redis.get(key)


async def twins(url, session):
    # ok: python/blocking-sleep
    await asyncio.sleep(1)
    # ok: python/blocking-http
    await AsyncHTTPClient().fetch(url)
    async with httpx.AsyncClient() as client:
        # ok: python/blocking-http
        await client.get(url)
        # ok: python/blocking-http
        tasks = [client.get(each) for each in (url, url)]
        await asyncio.gather(*tasks)
    async with aiohttp.ClientSession() as own:
        # ok: python/blocking-http
        async with own.get(url) as response:
            await response.read()
    # ok: python/blocking-http
    async with session.get(url) as response:
        await response.read()
    # ok: python/blocking-http
    await session.post(url)
    conn = await AsyncConnection.connect("dbname=shop")
    async with conn.cursor() as cursor:
        # ok: python/blocking-database
        await cursor.execute("SELECT 1")
    collection = motor.motor_asyncio.AsyncIOMotorClient().shop.item
    # ok: python/blocking-database
    await collection.find_one({})
    process = await asyncio.create_subprocess_exec("true")
    # ok: python/blocking-subprocess
    await process.wait()


class requests:
    """Not the library: a class of this file has its name."""

    @staticmethod
    async def get(url):
        return url


async def own_class(url):
    # ok: python/blocking-http
    return await requests.get(url)


async def shadowed(urllib):
    # A parameter, not the module.
    # ok: python/blocking-http
    return urllib.request.urlopen("x")
