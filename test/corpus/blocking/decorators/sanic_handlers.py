"""Sanic calls its handlers on the loop, whether they are coroutines or not."""
import asyncio
import time

import requests
from sanic import Blueprint, Sanic
from sanic.response import json, text
from sanic.views import HTTPMethodView

app = Sanic("shop")
items = Blueprint("items")


@app.get("/rates")
def rates(request):
    # ruleid: python/blocking-http
    return json(requests.get("https://rates.example", timeout=5).json())


@items.route("/wait")
def wait(request):
    # ruleid: python/blocking-sleep
    time.sleep(1)
    return text("done")


@items.route("/wait-well")
async def wait_well(request):
    # ok: python/blocking-sleep
    await asyncio.sleep(1)
    return text("done")


@app.get("/elsewhere")
async def elsewhere(request):
    loop = asyncio.get_running_loop()
    # ok: python/blocking-http
    answer = await loop.run_in_executor(None, requests.get, "https://rates.example")
    return json(answer.json())


class ItemView(HTTPMethodView):
    def get(self, request):
        # ruleid: python/blocking-sleep
        time.sleep(1)
        return text("one")

    def helper(self):
        # ok: python/blocking-sleep
        time.sleep(1)
