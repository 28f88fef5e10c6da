"""The service of lab B over time: five kinds of request, all logged, in worker processes as a Tornado service is run; one kind waits for another service."""
import logging
import os

import tornado.gen
import tornado.httpserver
import tornado.ioloop
import tornado.netutil
import tornado.process
import tornado.web
from tornado.httpclient import AsyncHTTPClient

from prices import PRICES_URL, fetch_price

log = logging.getLogger("shop")


class Page(tornado.web.RequestHandler):
    def get(self):
        log.info("page shown to %s", self.get_argument("user", ""))
        self.write("welcome")


class Stock(tornado.web.RequestHandler):
    async def get(self):
        log.info("stock of %s counted", self.get_argument("item", ""))
        self.write("5")


class Order(tornado.web.RequestHandler):
    async def post(self):
        log.info("order of %s taken", self.get_argument("item", ""))
        self.write("ok")

    get = post


class AsyncPrice(tornado.web.RequestHandler):
    """Uses the asynchronous client, as a coroutine should."""

    async def get(self):
        log.info("price of %s compared", self.get_argument("item", ""))
        answer = await AsyncHTTPClient().fetch(PRICES_URL + "?item=tea")
        self.write(answer.body)


known = {}


class Price(tornado.web.RequestHandler):
    @tornado.gen.coroutine
    def get(self):
        item = self.get_argument("item", "")
        if item not in known:
            log.info("price of %s is not known here, %s waits for it", item, self.get_argument("user", ""))
            known[item] = fetch_price(item)
        log.info("price of %s told", item)
        self.write(known[item])


def log_request(handler):
    log.info("%d %s in %.1f ms", handler.get_status(), handler.request.path, 1000.0 * handler.request.request_time())


def main():
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s [%(process)d] %(message)s")
    sockets = tornado.netutil.bind_sockets(int(os.environ["PORT"]), address="127.0.0.1")
    tornado.process.fork_processes(int(os.environ["WORKERS"]))
    application = tornado.web.Application(
        [("/", Page), ("/stock", Stock), ("/order", Order), ("/compare", AsyncPrice), ("/price", Price)], log_function=log_request
    )
    tornado.httpserver.HTTPServer(application).add_sockets(sockets)
    tornado.ioloop.IOLoop.current().start()


if __name__ == "__main__":
    main()
