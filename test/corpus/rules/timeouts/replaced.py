import functools

import requests

session = requests.Session()
session.request = functools.partial(session.request, timeout=5)


def ask(url):
    # ok: python/requests-no-timeout
    return session.request("GET", url)
