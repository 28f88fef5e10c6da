import contextlib
import os
import sys
from contextlib import closing, contextmanager, ExitStack

import shopdb


def never_closed(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    conn.execute("DELETE FROM t")


def early_return(dsn, names):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    if not names:
        return None
    conn.close()
    return names


def closed_in_finally(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        return conn.execute("SELECT 1")
    finally:
        conn.close()


def closed_by_with(dsn):
    # ok: python/shop-connection
    with shopdb.connect(dsn) as conn:
        return conn.execute("SELECT 1")


def with_later(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    with conn:
        return conn.execute("SELECT 1")


def with_closing(dsn):
    # ok: python/shop-pooled
    with closing(shopdb.create_pool(dsn).acquire()) as conn:
        return conn.execute("SELECT 1")


def with_closing_name(pool: shopdb.Pool):
    # ok: python/shop-pooled
    conn = pool.acquire()
    with contextlib.closing(conn):
        return conn.execute("SELECT 1")


def plain_with_is_no_release(pool: shopdb.Pool):
    # ruleid: python/shop-pooled
    conn = pool.acquire()
    with conn:
        conn.execute("SELECT 1")


def raises_between(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    conn.execute("DELETE FROM t")
    conn.close()


def handler_returns(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("DELETE FROM t")
    except ValueError:
        return False
    conn.close()
    return True


def handler_closes(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("DELETE FROM t")
    except Exception:
        conn.close()
        raise
    conn.close()


def handler_reraises(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("DELETE FROM t")
    except Exception as error:
        print(error)
        raise RuntimeError("failed") from error
    conn.close()


def bare_except_closes(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("DELETE FROM t")
    except:
        pass
    conn.close()


def else_closes_only(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("DELETE FROM t")
    except Exception:
        print("failed")
    else:
        conn.close()


def none_before_try(dsn):
    conn = None
    try:
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        conn.execute("DELETE FROM t")
    finally:
        if conn is not None:
            conn.close()


def truth_before_try(dsn):
    conn = None
    try:
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        conn.execute("DELETE FROM t")
    except Exception as error:
        print(error)
    finally:
        if conn:
            conn.close()


def finally_asks_whether_open(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("DELETE FROM t")
    finally:
        if not conn.closed:
            conn.close()


def finally_guarded_by_locals(dsn):
    try:
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        conn.execute("DELETE FROM t")
    finally:
        if "conn" in locals():
            conn.close()


def finally_closes_another(dsn):
    # ruleid: python/shop-connection
    first = shopdb.connect(dsn)
    # ok: python/shop-connection
    second = shopdb.connect(dsn)
    try:
        first.execute("DELETE FROM t")
    finally:
        second.close()


def returned(dsn):
    # ok: python/shop-connection
    return shopdb.connect(dsn)


def returned_later(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    return conn


def caller_forgets(dsn):
    # ruleid: python/shop-connection
    conn = returned(dsn)
    conn.execute("SELECT 1")


def caller_closes(dsn):
    # ok: python/shop-connection
    conn = returned_later(dsn)
    try:
        conn.execute("SELECT 1")
    finally:
        conn.close()


def maybe_connected(dsn, wanted):
    if not wanted:
        return None
    # ok: python/shop-connection
    return shopdb.connect(dsn)


def caller_of_maybe(dsn, wanted):
    # ok: python/shop-connection
    conn = maybe_connected(dsn, wanted)
    if conn is None:
        return
    conn.close()


class Store:
    def __init__(self, dsn):
        # ok: python/shop-connection
        self.conn = shopdb.connect(dsn)

    def later(self, dsn):
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        self.conn = conn

    def in_list(self, dsn):
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        self.all.append(conn)

    def in_dict(self, dsn):
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        self.by_dsn[dsn] = conn

    def method(self, dsn, n):
        # ruleid: python/shop-connection
        conn = shopdb.connect(dsn)
        if n == 0:
            raise ValueError("nothing")
        conn.close()


def made_part_of(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    return {"conn": conn, "dsn": dsn}


def unknown_callee(dsn, take):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    take(conn)


def borrowed(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    shopdb.dump(conn)
    return True


def shut(conn):
    try:
        conn.close()
    except Exception:
        pass


def closed_by_helper(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        conn.execute("SELECT 1")
    finally:
        shut(conn)


def run(conn, sql):
    return conn.execute(sql)


def helper_only_uses(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    return run(conn, "SELECT 1")


def dropped(dsn):
    # ruleid: python/shop-connection
    shopdb.connect(dsn)


def chained(dsn):
    # ruleid: python/shop-connection
    return shopdb.connect(dsn).execute("SELECT 1")


def chained_to_close(dsn):
    # ok: python/shop-connection
    shopdb.connect(dsn).close()


def overwritten(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    conn = None
    return conn


def deleted(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    del conn


def exit_stack(dsn):
    with ExitStack() as stack:
        # ok: python/shop-connection
        conn = stack.enter_context(shopdb.connect(dsn))
        conn.execute("SELECT 1")


def exit_stack_callback(dsn):
    with ExitStack() as stack:
        # ok: python/shop-pooled
        conn = shopdb.create_pool(dsn).acquire()
        stack.callback(conn.close)
        conn.execute("SELECT 1")


@contextmanager
def scope(pool: shopdb.Pool):
    # ok: python/shop-pooled
    conn = pool.acquire()
    try:
        yield conn
    finally:
        pool.release(conn)


@contextmanager
def scope_without_finally(pool: shopdb.Pool):
    # ruleid: python/shop-pooled
    conn = pool.acquire()
    yield conn
    pool.release(conn)


def uses_scope(pool: shopdb.Pool):
    with scope(pool) as conn:
        return conn.execute("SELECT 1")


def generator(dsn):
    # ok: python/shop-connection
    with shopdb.connect(dsn) as conn:
        for row in conn.execute("SELECT 1"):
            yield row


def generator_abandoned(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    for row in conn.execute("SELECT 1"):
        yield row
    conn.close()


def yielded(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    yield conn


def ends_process(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    if conn is None:
        sys.exit(1)
    os._exit(0)


def loop_forgets(dsns):
    for dsn in dsns:
        # ruleid: python/shop-connection
        conn = shopdb.connect(dsn)
        if not conn.execute("SELECT 1"):
            continue
        conn.close()


def loop_closes(dsns):
    for dsn in dsns:
        # ok: python/shop-connection
        with shopdb.connect(dsn) as conn:
            if not conn.execute("SELECT 1"):
                continue


def retried(dsn):
    for _ in range(3):
        try:
            # ok: python/shop-connection
            conn = shopdb.connect(dsn)
        except OSError:
            continue
        return conn
    return None


def nested_function(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)

    def cleanup():
        conn.close()

    try:
        return conn.execute("SELECT 1")
    finally:
        cleanup()


def captured(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)

    def finish():
        conn.close()

    return finish


def walrus(dsn):
    # ruleid: python/shop-connection
    if (conn := shopdb.connect(dsn)) is not None:
        return conn.execute("SELECT 1")


def global_connection(dsn):
    global shared
    # ok: python/shop-connection
    shared = shopdb.connect(dsn)


def flag(dsn):
    # ok: python/shop-connection
    conn = shopdb.connect(dsn)
    done = False
    try:
        conn.execute("SELECT 1")
        conn.close()
        done = True
    finally:
        if not done:
            conn.close()


def conditional(dsn, wanted):
    conn = None
    if wanted:
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
    try:
        print(wanted)
    finally:
        if wanted:
            conn.close()


def nested_try(dsn):
    try:
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        try:
            conn.execute("SELECT 1")
        finally:
            conn.close()
    except Exception:
        return None


def suppressed(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    with contextlib.suppress(Exception):
        conn.execute("SELECT 1")
        conn.close()


def two_ways(dsn, quick):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    try:
        if quick:
            return conn.execute("SELECT 1")
        return conn.execute("SELECT 2")
    except Exception:
        conn.close()
        raise


def tuple_returned(dsn):
    # ruleid: python/shop-connection
    conn = shopdb.connect(dsn)
    # ok: python/shop-cursor
    cur = conn.cursor()
    return conn, cur


def tuple_caller(dsn):
    # ruleid: python/shop-connection
    conn, cur = tuple_returned(dsn)
    cur.execute("SELECT 1")


def tuple_caller_closes(dsn):
    # ok: python/shop-connection
    conn, cur = tuple_returned(dsn)
    try:
        cur.execute("SELECT 1")
    finally:
        cur.close()
        conn.close()


def tuple_kept_whole(dsn):
    # ok: python/shop-connection
    pair = tuple_returned(dsn)
    try:
        pair[1].execute("SELECT 1")
    finally:
        pair[0].close()


def tuple_added_to(dsn):
    # ok: python/shop-connection
    return tuple_returned(dsn) + (dsn,)


def closed_in_a_loop_over_both(dsn):
    conn = cur = None
    try:
        # ok: python/shop-connection
        conn = shopdb.connect(dsn)
        # ok: python/shop-cursor
        cur = conn.cursor()
        cur.execute("SELECT 1")
    finally:
        for one in (cur, conn):
            if one is not None:
                one.close()
