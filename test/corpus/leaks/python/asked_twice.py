import shopdb


# The same question, asked twice of the same, is answered alike.


def opened_by_name(db, name):
    if isinstance(db, str):
        # ok: python/shop-connection
        conn = shopdb.connect(db)
    else:
        conn = db
    rows = name in ("a", "b")
    if isinstance(db, str):
        conn.close()
    return rows


def opened_unless(db):
    if not callable(db):
        # ok: python/shop-connection
        conn = shopdb.connect(db)
    else:
        conn = None
    if callable(db):
        return None
    conn.close()
    return db


def opened_for_many(db, count):
    conn = None
    if count > 3:
        # ok: python/shop-connection
        conn = shopdb.connect(db)
    if count <= 3:
        return None
    conn.close()
    return count


def opened_to_write(db, mode):
    if "w" in mode:
        # ok: python/shop-connection
        conn = shopdb.connect(db)
    else:
        conn = None
    if "w" not in mode:
        return None
    conn.close()
    return mode


def another_number(db, count):
    conn = None
    if count > 3:
        # ruleid: python/shop-connection
        conn = shopdb.connect(db)
    if count > 5:
        conn.close()
    return count


def counted_in_between(db, count):
    conn = None
    if count > 3:
        # ruleid: python/shop-connection
        conn = shopdb.connect(db)
    count -= 1
    if count > 3:
        conn.close()
    return count


def another_type(db):
    conn = None
    if isinstance(db, str):
        # ruleid: python/shop-connection
        conn = shopdb.connect(db)
    if isinstance(db, bytes):
        conn.close()
    return None


def put_in_between(db, known):
    conn = None
    if db not in known:
        # ruleid: python/shop-connection
        conn = shopdb.connect(db)
    known.add(db)
    if db not in known:
        conn.close()
    return None
