import functools
import socket

import httpx
import requests
from requests.adapters import HTTPAdapter


class Limited(requests.Session):
    def request(self, *args, **kwargs):
        kwargs.setdefault("timeout", 5)
        return super().request(*args, **kwargs)


def arguments(url, timeout=None, **options):
    # ruleid: python/requests-no-timeout
    requests.get(url)
    # ruleid: python/requests-no-timeout
    requests.get(url, timeout=None)
    # ruleid: python/requests-no-timeout
    requests.request("GET", url, headers={"timeout": "5"})
    # ok: python/requests-no-timeout
    requests.get(url, timeout=timeout)
    # ok: python/requests-no-timeout
    requests.get(url, **options)
    # ok: python/requests-no-timeout
    requests.get(*options)
    # ok: python/requests-no-timeout
    Limited().get(url)
    # ok: python/requests-no-timeout
    requests.codes.get("ok")


class Client:
    def __init__(self):
        self.session = requests.Session()

    def ask(self, url):
        # ruleid: python/requests-no-timeout
        return self.session.get(url)

    def ask_soon(self, url):
        # ok: python/requests-no-timeout
        return self.session.get(url, timeout=3)


def defaults(url):
    # ok: python/httpx-no-timeout
    httpx.get(url)
    # ruleid: python/httpx-no-timeout
    httpx.Client(timeout=None)
    # ok: python/httpx-no-timeout
    httpx.Client(timeout=3)


def connect(address):
    # ruleid: python/socket-no-timeout
    socket.create_connection(address, None)
    # ok: python/socket-no-timeout
    socket.create_connection(address, timeout=2)
