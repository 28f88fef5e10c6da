from contextlib import contextmanager
from dataclasses import dataclass
from typing import Optional

import psycopg2
import redis
import requests
from psycopg2.pool import ThreadedConnectionPool
from pymongo import MongoClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

http = requests.Session()
pool = ThreadedConnectionPool(1, 4, "dbname=shop")
mongo = MongoClient()
engine = create_engine("postgresql://db/shop")
Local = sessionmaker(bind=engine)
Scoped = scoped_session(sessionmaker(bind=engine))
cache = None


def start():
    global cache
    cache = redis.Redis.from_url("redis://cache")


def make_session() -> "requests.Session":
    return requests.Session()


def make_untyped():
    session = requests.Session()
    session.headers["x"] = "y"
    return session


def pair():
    return 1, requests.Session()


@contextmanager
def database():
    session = Local()
    try:
        yield session
    finally:
        session.close()


class Retrying(requests.Session):
    pass


@dataclass
class Settings:
    session: requests.Session
    other: Optional[requests.Session] = None


class Service:
    shared = requests.Session()

    def __init__(self, session: requests.Session, settings: Settings):
        self.session = session
        self.settings = settings
        self._conn = psycopg2.connect("dbname=shop")

    @property
    def client(self):
        return self.session

    async def fields(self, url):
        # ruleid: python/blocking-http
        self.session.get(url)
        # ruleid: python/blocking-http
        self.settings.session.get(url)
        # ruleid: python/blocking-http
        self.settings.other.get(url)
        # ruleid: python/blocking-http
        self.shared.get(url)
        # ruleid: python/blocking-http
        self.client.get(url)
        cursor = self._conn.cursor()
        # ruleid: python/blocking-database
        cursor.execute("SELECT 1")


async def variables(url, session: Optional[requests.Session] = None):
    # ruleid: python/blocking-http
    http.get(url)
    # ruleid: python/blocking-http
    session.get(url)
    made = make_session()
    # ruleid: python/blocking-http
    made.get(url)
    untyped = make_untyped()
    # ruleid: python/blocking-http
    untyped.get(url)
    _, second = pair()
    # ruleid: python/blocking-http
    second.get(url)
    # ruleid: python/blocking-http
    Retrying().get(url)
    for each in [requests.Session(), requests.Session()]:
        # ruleid: python/blocking-http
        each.get(url)
    with requests.Session() as entered:
        # ruleid: python/blocking-http
        entered.get(url)
    fetch = requests.get
    # ruleid: python/blocking-http
    fetch(url)
    # ok: python/blocking-http
    url.get("x")


async def databases(db: Session):
    with database() as session:
        # ruleid: python/blocking-database
        session.execute("SELECT 1")
    # ruleid: python/blocking-database
    db.query(Settings).filter_by(id=1).first()
    # ruleid: python/blocking-database
    Scoped.execute("SELECT 1")
    # ruleid: python/blocking-database
    pool.getconn()
    # ruleid: python/blocking-database
    mongo.shop.item.find_one({})
    # ruleid: python/blocking-redis
    cache.get("x")
    # ok: python/blocking-redis
    cache.pipeline()


async def by_name_only(conn, response):
    # Nothing tells what `conn` is but its name, and this file imports psycopg2: a guess, and shown as one.
    cursor = conn.cursor()
    # ruleid: python/blocking-database
    cursor.execute("SELECT 1")
    # ok: python/blocking-http
    response.get("x")
