"""Prices, asked of another service."""
import os
from urllib.request import urlopen

PRICES_URL = os.environ.get("PRICES_URL", "http://127.0.0.1:19090/price")


def fetch_price(item):
    """Waits for the answer."""
    with urlopen(PRICES_URL + "?item=" + item, timeout=600) as answer:
        return answer.read()
