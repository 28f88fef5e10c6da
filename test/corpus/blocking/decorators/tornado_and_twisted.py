import asyncio
import time
from time import sleep as nap

import tornado.gen
import tornado.web
import tornado.websocket
from tornado import gen
from tornado.gen import coroutine as co
from twisted.internet import defer
from twisted.internet.defer import inlineCallbacks
from twisted.internet.protocol import Protocol


class Base(tornado.web.RequestHandler):
    def helper(self):
        time.sleep(1)


class Full(Base):
    @tornado.gen.coroutine
    def get(self):
        # ruleid: python/blocking-sleep
        time.sleep(1)

    @gen.coroutine
    def post(self):
        # ruleid: python/blocking-sleep
        self.helper()

    @co
    def put(self):
        # ruleid: python/blocking-sleep
        nap(1)

    async def patch(self):
        # ruleid: python/blocking-sleep
        time.sleep(1)


class Plain(Base):
    # A handler runs on the loop, coroutine or not.
    def get(self):
        # ruleid: python/blocking-sleep
        time.sleep(1)

    def not_a_handler(self):
        # ok: python/blocking-sleep
        time.sleep(1)


class Chat(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        # ruleid: python/blocking-sleep
        time.sleep(1)


class Echo(Protocol):
    def dataReceived(self, data):
        # ruleid: python/blocking-sleep
        time.sleep(1)


@defer.inlineCallbacks
def deferred():
    yield None
    # ruleid: python/blocking-sleep
    time.sleep(1)


@inlineCallbacks
def deferred_too():
    yield None
    # ruleid: python/blocking-sleep
    time.sleep(1)


@asyncio.coroutine
def old():
    yield from asyncio.sleep(0)
    # ruleid: python/blocking-sleep
    time.sleep(1)


def coroutine(function):
    return function


@coroutine
def only_named_so():
    # ok: python/blocking-sleep
    time.sleep(1)


def generator():
    # ok: python/blocking-sleep
    yield time.sleep(1)


class View:
    def get(self):
        # ok: python/blocking-sleep
        time.sleep(1)
