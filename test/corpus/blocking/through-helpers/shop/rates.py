from .transport import Transport, plain

_transport = Transport("http://rates")


def current(currency):
    return parse(_transport.fetch("/now/" + plain(currency)))


def parse(body):
    return body.decode()


def even(n):
    """Recursion that blocks far down."""
    if n == 0:
        return current("EUR")
    return odd(n - 1)


def odd(n):
    return even(n - 1)


def round_and_round(n):
    return and_back(n)


def and_back(n):
    return round_and_round(n)
