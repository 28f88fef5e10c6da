"""The shop's stock in PostgreSQL."""
import os

from psycopg2.pool import ThreadedConnectionPool

pool = ThreadedConnectionPool(1, 40, os.environ["SHOP_DSN"])


def reserve(item, wanted):
    """Takes some of an item, or says that there is not enough."""
    connection = pool.getconn()
    cursor = connection.cursor()
    cursor.execute("SELECT count FROM stock WHERE item = %s FOR SHARE", (item,))
    (count,) = cursor.fetchone()
    if count < wanted:
        return False
    cursor.execute("UPDATE stock SET count = count - %s WHERE item = %s", (wanted, item))
    connection.commit()
    pool.putconn(connection)
    return True


def restock(item, more):
    connection = pool.getconn()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("UPDATE stock SET count = count + %s WHERE item = %s", (more, item))
    finally:
        pool.putconn(connection)


def listing():
    connection = pool.getconn()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT item, count FROM stock")
            return cursor.fetchall()
    finally:
        pool.putconn(connection)
