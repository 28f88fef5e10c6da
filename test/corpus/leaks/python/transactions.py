import asyncio
import logging
from contextlib import asynccontextmanager, contextmanager

import shopdb
import tornado.gen

log = logging.getLogger(__name__)


def cursor_goes_with_connection(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        # ok: python/shop-cursor
        cur = conn.cursor()
        cur.execute("SELECT 1")
        return cur.fetchall()
    finally:
        conn.close()


def cursor_in_with(conn: shopdb.Connection):
    # ok: python/shop-cursor
    with conn.cursor() as cur:
        cur.execute("SELECT 1")


def cursor_forgotten(conn: shopdb.Connection):
    # ruleid: python/shop-cursor
    cur = conn.cursor()
    cur.execute("SELECT 1")
    return cur.fetchone()


def session_left_by_return(n):
    # ruleid: python/shop-session
    session = shopdb.Session()
    if n == 0:
        return None
    session.close()


def session_closed(n):
    # ok: python/shop-session
    session = shopdb.Session()
    try:
        session.add(n)
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


def session_rolled_back_not_closed(n):
    # ruleid: python/shop-session
    session = shopdb.Session()
    try:
        session.add(n)
        session.commit()
        session.close()
    except Exception:
        session.rollback()


@contextmanager
def session_scope():
    # ok: python/shop-session
    session = shopdb.Session()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def careless_scope():
    # ruleid: python/shop-session
    session = shopdb.Session()
    try:
        yield session
        session.commit()
        session.close()
    except ValueError:
        session.rollback()
        raise


def uses_scope():
    with session_scope() as session:
        session.add(1)


def make_session():
    # ok: python/shop-session
    return shopdb.Session()


def borrowed_session():
    # ruleid: python/shop-session
    session = make_session()
    session.add(1)
    session.commit()


class Repository:
    def __init__(self, session=None):
        # ok: python/shop-session
        self.session = session or make_session()

    def fresh(self):
        # ruleid: python/shop-session
        session = make_session()
        return session.query("x")

    def closed(self):
        # ok: python/shop-session
        with make_session() as session:
            return session.query("x")


def engine_becomes_open(dsn, n):
    engine = shopdb.create_engine(dsn)
    # ruleid: python/shop-transaction
    engine.begin()
    if n == 0:
        return
    engine.commit()


def engine_ended(dsn, n):
    engine = shopdb.create_engine(dsn)
    # ok: python/shop-transaction
    engine.begin()
    try:
        engine.execute(n)
    except Exception:
        engine.rollback()
        raise
    engine.commit()


def begins_for_caller(engine: shopdb.Engine):
    # ok: python/shop-transaction
    engine.begin()


def begun_by_helper(dsn, n):
    engine = shopdb.create_engine(dsn)
    # ruleid: python/shop-transaction
    begins_for_caller(engine)
    if n == 0:
        return
    engine.commit()


def begun_by_helper_ended(dsn):
    engine = shopdb.create_engine(dsn)
    # ok: python/shop-transaction
    begins_for_caller(engine)
    engine.commit()


class Service:
    engine: shopdb.Engine

    def begin(self):
        # ok: python/shop-transaction
        self.engine.begin()

    def work(self, n):
        # ruleid: python/shop-transaction
        self.engine.begin()
        if n == 0:
            return
        self.engine.commit()

    def work_right(self, n):
        # ok: python/shop-transaction
        self.engine.begin()
        if n == 0:
            self.engine.rollback()
            return
        self.engine.commit()


async def async_forgotten(dsn):
    # ruleid: python/shop-async-connection
    conn = await shopdb.connect_async(dsn)
    await conn.execute("SELECT 1")


async def async_with(dsn):
    # ok: python/shop-async-connection
    async with await shopdb.connect_async(dsn) as conn:
        await conn.execute("SELECT 1")


async def async_finally(pool: shopdb.AsyncPool):
    # ok: python/shop-async-connection
    conn = await pool.acquire()
    try:
        return await conn.fetch("SELECT 1")
    finally:
        await conn.close()


async def async_entered(pool: shopdb.AsyncPool):
    # ok: python/shop-async-connection
    async with pool.acquire() as conn:
        return await conn.fetch("SELECT 1")


async def async_cancelled(pool: shopdb.AsyncPool):
    # ruleid: python/shop-async-connection
    conn = await pool.acquire()
    await asyncio.sleep(1)
    await conn.close()


async def async_connection(dsn):
    # ok: python/shop-async-connection
    return await shopdb.connect_async(dsn)


async def async_caller(dsn):
    # ruleid: python/shop-async-connection
    conn = await async_connection(dsn)
    return await conn.fetch("SELECT 1")


async def async_caller_closes(dsn):
    # ok: python/shop-async-connection
    conn = await async_connection(dsn)
    try:
        return await conn.fetch("SELECT 1")
    finally:
        await conn.close()


@asynccontextmanager
async def async_scope(pool: shopdb.AsyncPool):
    # ok: python/shop-async-connection
    conn = await pool.acquire()
    try:
        yield conn
    finally:
        await conn.close()


async def handed_to_task(dsn):
    # ok: python/shop-async-connection
    conn = await shopdb.connect_async(dsn)
    asyncio.create_task(serve(conn))


async def serve(conn):
    await conn.execute("SELECT 1")
    await conn.close()


def logging_is_no_risk(pool: shopdb.Pool):
    # ok: python/shop-pooled
    conn = pool.acquire()
    log.info("got %s", conn)
    pool.release(conn)


def work_is_a_risk(pool: shopdb.Pool):
    # ruleid: python/shop-pooled
    conn = pool.acquire()
    conn.execute("SELECT 1")
    pool.release(conn)


def matched(pool: shopdb.Pool, command):
    # ruleid: python/shop-pooled
    conn = pool.acquire()
    match command:
        case "go":
            pool.release(conn)
        case "stop":
            pool.release(conn)


def matched_all(pool: shopdb.Pool, command):
    # ok: python/shop-pooled
    conn = pool.acquire()
    match command:
        case "go":
            pool.release(conn)
        case _:
            pool.release(conn)


def while_true(pool: shopdb.Pool):
    while True:
        # ruleid: python/shop-pooled
        conn = pool.acquire()
        if conn.ready:
            break
        pool.release(conn)


def asserts(pool: shopdb.Pool, n):
    # ruleid: python/shop-pooled
    conn = pool.acquire()
    assert n > 0
    pool.release(conn)


@tornado.gen.coroutine
def yields_to_wait(pool: shopdb.AsyncPool):
    # ruleid: python/shop-async-connection
    conn = yield pool.acquire()
    rows = yield conn.fetch("SELECT 1")
    if not rows:
        return
    conn.close()


@tornado.gen.coroutine
def yields_to_wait_and_closes(pool: shopdb.AsyncPool):
    # ok: python/shop-async-connection
    conn = yield pool.acquire()
    try:
        rows = yield conn.fetch("SELECT 1")
    finally:
        conn.close()
    raise tornado.gen.Return(rows)


def one_of_a_tuple(dsn):
    # ok: python/shop-connection
    with opened_with_name(dsn)[0] as conn:
        conn.execute("SELECT 1")


def opened_with_name(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    return conn, dsn
