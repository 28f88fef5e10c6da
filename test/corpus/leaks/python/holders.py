import shopdb


class Session:
    def __init__(self, dsn):
        # ok: python/shop-connection
        self.conn = shopdb.connect(dsn)

    def close(self):
        self.conn.close()


def left_in_its_holder(dsn, names):
    # ruleid: python/shop-connection
    session = Session(dsn)
    if not names:
        return None
    session.close()
    return names


def closed_with_its_holder(dsn, names):
    # ok: python/shop-connection
    session = Session(dsn)
    try:
        return session.conn.execute(names)
    finally:
        session.close()


class Strict:
    def __init__(self, dsn, names):
        # todoruleid: python/shop-connection
        self.conn = shopdb.connect(dsn)
        if not names:
            raise ValueError("nobody can close what was not made")

    def close(self):
        self.conn.close()


def given_by_turns(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    yield conn
    conn.close()


def given_by_turns_closed(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        yield conn
    finally:
        conn.close()


def made_by_what_was_made(dsn):
    def make():
        # ok: python/shop-connection
        return shopdb.connect(dsn)
    return make


def left_by_who_calls_it(dsn, names):
    make = made_by_what_was_made(dsn)
    # todoruleid: python/shop-connection
    conn = make()
    if not names:
        return None
    conn.close()
    return names


def left_before_it_is_held(dsn, names):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    if not names:
        raise ValueError("nothing to hold it for")
    session = Session.__new__(Session)
    session.conn = conn
    return session
