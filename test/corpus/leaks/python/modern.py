"""Match, async for and the walrus."""
import asyncpg


async def matched(conn: asyncpg.Connection, order):
    work = conn.transaction()
    # ruleid: python/asyncpg-transaction
    await work.start()
    match order:
        case {"id": 1}:
            return 3
        case [_, *rest] if rest:
            await work.rollback()
        case _:
            await work.commit()


async def matched_well(conn: asyncpg.Connection, order):
    work = conn.transaction()
    # ok: python/asyncpg-transaction
    await work.start()
    match order:
        case {"id": int(), "name": str()}:
            await work.commit()
        case _:
            await work.rollback()


async def over(pool: asyncpg.Pool, items):
    async for item in items():
        # ruleid: python/db-pool-connection
        conn = await pool.acquire()
        if item is None:
            continue
        await pool.release(conn)


async def over_well(pool: asyncpg.Pool, items):
    async for item in items():
        # ok: python/db-pool-connection
        async with pool.acquire() as conn:
            await conn.execute("SELECT 1")


def walrus(path):
    # ruleid: python/file
    if (file := open(path)) is not None:
        text = file.read()
        if not text:
            return None
        file.close()


def walrus_well(path):
    # ok: python/file
    if (file := open(path)) is not None:
        try:
            return file.read()
        finally:
            file.close()
