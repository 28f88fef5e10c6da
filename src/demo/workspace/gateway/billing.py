"""Prices, from the billing service."""
import json
import os
import urllib.request

from tornado.httpclient import AsyncHTTPClient

BILLING = os.environ.get("BILLING_URL", "http://127.0.0.1:9090")


def quote(item):
    """Price of an item. Waits for the answer: not for a coroutine."""
    with urllib.request.urlopen(BILLING + "/quote/" + item, timeout=30) as answer:
        return json.load(answer)["price"]


async def quote_later(item):
    """The same for a coroutine."""
    answer = await AsyncHTTPClient().fetch(BILLING + "/quote/" + item)
    return json.loads(answer.body)["price"]
