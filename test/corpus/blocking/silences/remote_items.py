import requests


def list(url):
    return requests.get(url, timeout=3).json()
