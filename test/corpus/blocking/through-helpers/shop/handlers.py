from shop import current_rate
from shop import rates
from shop.rates import even as is_even, parse, round_and_round
from shop.transport import Transport


class Prices:
    def __init__(self, transport: Transport):
        self.transport = transport
        self.other = Transport("http://other")

    def load(self):
        return self.transport.fetch("/prices")

    async def refresh(self):
        # ruleid: python/blocking-http
        return self.load()

    async def direct(self):
        # ruleid: python/blocking-http
        return self.other.fetch("/prices")

    async def describe(self):
        # ok: python/blocking-http
        return self.transport.describe()


async def by_reexport():
    # ruleid: python/blocking-http
    return current_rate("USD")


async def by_module():
    # ruleid: python/blocking-http
    return rates.current("USD")


async def by_alias(n):
    # ruleid: python/blocking-http
    return is_even(n)


async def harmless(body, n):
    # ok: python/blocking-http
    round_and_round(n)
    # ok: python/blocking-http
    return parse(body)


async def calls_a_coroutine(prices: Prices):
    # The finding is in the coroutine that blocks, once.
    # ok: python/blocking-http
    await prices.refresh()


async def twice_on_a_line():
    # ruleid: python/blocking-http
    return parse(rates._transport.fetch("/x"))
