import atexit
import socket
import sqlite3


class Store:
    def __init__(self, path):
        self._db = sqlite3.connect(path)

    def close(self):
        self._db.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def get(self, key):
        return self._db.execute("select v from kv where k = ?", (key,)).fetchone()


def never_ended(path, key):
    # ruleid: python/db-connection
    store = Store(path)
    return store.get(key)


def ended_when_all_goes_well(path, key):
    # ruleid: python/db-connection
    store = Store(path)
    value = store.get(key)
    if value is None:
        return None
    store.close()
    return value


def ended(path, key):
    # ok: python/db-connection
    store = Store(path)
    try:
        return store.get(key)
    finally:
        store.close()


def with_it(path, key):
    # ok: python/db-connection
    with Store(path) as store:
        return store.get(key)


class Cache(Store):
    def __init__(self, path):
        # ok: python/db-connection
        super().__init__(path)
        self.seen = {}


class Session:
    def __init__(self, path):
        # ok: python/db-connection
        self.store = Store(path)


class Registered:
    """It sees to its end itself."""

    def __init__(self, host):
        self.sock = socket.create_connection((host, 80), timeout=3)
        atexit.register(self.close)

    def close(self):
        self.sock.close()


def registered(host):
    # ok: python/socket
    one = Registered(host)
    return one.sock.recv(10)


class Finalized:
    def __init__(self, host):
        self.sock = socket.create_connection((host, 80), timeout=3)

    def close(self):
        self.sock.close()

    def __del__(self):
        self.sock.close()


def finalized(host):
    # ok: python/socket
    one = Finalized(host)
    return one.sock.recv(10)


class Lazy:
    """A method by the name of another language's constructor is called by its own name."""

    def initialize(self, path):
        # ok: python/db-connection
        return sqlite3.connect(path)

    def first(self, path, empty):
        # ruleid: python/db-connection
        db = self.initialize(path)
        if empty:
            return None
        db.close()
        return path
