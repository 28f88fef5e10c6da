import asyncio
import time

from tornado.ioloop import IOLoop, PeriodicCallback
from twisted.internet import reactor
from twisted.internet.task import LoopingCall


class Poller:
    def start(self):
        PeriodicCallback(self.poll, 1000).start()
        IOLoop.current().add_callback(self.once)
        loop = IOLoop.instance()
        loop.call_later(5, self.later)

    def poll(self):
        # ruleid: python/blocking-sleep
        time.sleep(1)

    def once(self):
        # ruleid: python/blocking-sleep
        time.sleep(1)

    def later(self):
        # ruleid: python/blocking-sleep
        time.sleep(1)

    def never(self):
        # ok: python/blocking-sleep
        time.sleep(1)


def tick():
    # ruleid: python/blocking-sleep
    time.sleep(1)


def read():
    # ruleid: python/blocking-sleep
    time.sleep(1)


def loop_call():
    # ruleid: python/blocking-sleep
    time.sleep(1)


def wait():
    # ok: python/blocking-sleep
    time.sleep(1)


def main(queue):
    asyncio.get_event_loop().call_soon(tick)
    asyncio.get_event_loop().add_reader(queue, read)
    LoopingCall(loop_call).start(1)
    # ruleid: python/blocking-sleep
    reactor.callLater(1, lambda: time.sleep(1))
    queue.call_later(1, wait)
