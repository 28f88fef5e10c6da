"""The visitors' side of the shop."""
import os

import tornado.gen
import tornado.ioloop
import tornado.web

import billing


class Stock(tornado.web.RequestHandler):
    async def get(self, item):
        self.write({"item": item, "price": await billing.quote_later(item)})


class Offer(tornado.web.RequestHandler):
    @tornado.gen.coroutine
    def get(self, item):
        price = billing.quote(item)
        self.write({"item": item, "price": price})


class Report(tornado.web.RequestHandler):
    async def get(self, item):
        loop = tornado.ioloop.IOLoop.current()
        price = await loop.run_in_executor(None, billing.quote, item)
        self.write({"item": item, "price": price})


def main():
    # Before the loop runs nothing can be kept waiting.
    print("price of a tea:", billing.quote("tea"))
    application = tornado.web.Application([(r"/stock/(\w+)", Stock), (r"/offer/(\w+)", Offer), (r"/report/(\w+)", Report)])
    application.listen(int(os.environ.get("PORT", "8081")))
    tornado.ioloop.IOLoop.current().start()


if __name__ == "__main__":
    main()
