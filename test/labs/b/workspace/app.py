"""The service of lab B: a Tornado application with one handler that stops the loop for everybody."""
import os
import sys

import tornado.gen
import tornado.httpserver
import tornado.ioloop
import tornado.web
from tornado.httpclient import AsyncHTTPClient

from prices import PRICES_URL, fetch_price


class AsyncPrice(tornado.web.RequestHandler):
    """Uses the asynchronous client, as a coroutine should."""

    @tornado.gen.coroutine
    def get(self):
        answer = yield AsyncHTTPClient().fetch(PRICES_URL)
        self.write(answer.body)


class Price(tornado.web.RequestHandler):
    @tornado.gen.coroutine
    def get(self):
        price = fetch_price()
        self.write(price)


class PooledPrice(tornado.web.RequestHandler):
    """Hands the synchronous call to a thread."""

    async def get(self):
        price = await tornado.ioloop.IOLoop.current().run_in_executor(None, fetch_price)
        self.write(price)


def check():
    """For the command line: no loop runs, nobody waits."""
    print(fetch_price())


def main():
    if "--check" in sys.argv:
        check()
        return
    application = tornado.web.Application([("/price", Price), ("/async", AsyncPrice), ("/pooled", PooledPrice)])
    application.listen(int(os.environ["PORT"]), address="127.0.0.1")
    tornado.ioloop.IOLoop.current().start()


if __name__ == "__main__":
    main()
