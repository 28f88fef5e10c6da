import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)


def in_thread(server: socket.socket):
    while True:
        # ruleid: python/socket
        conn, _ = server.accept()
        threading.Thread(target=answer, args=(conn,), daemon=True).start()


def answer(conn):
    line = conn.recv(64)
    if not line:
        return
    conn.sendall(line)
    conn.close()


def in_pool(server: socket.socket):
    while True:
        # ruleid: python/socket
        conn, _ = server.accept()
        pool.submit(answer, conn)


def in_place(server: socket.socket):
    while True:
        # ruleid: python/socket
        conn, _ = server.accept()
        answer(conn)


class Echo:
    async def run(self):
        # ruleid: python/stream-writer
        self.server = await asyncio.start_server(self.on_connection, "127.0.0.1", 7)
        # ok: python/stream-writer
        self.other = await asyncio.start_server(self.on_connection_closed, "127.0.0.1", 8)

    async def on_connection(self, reader, writer):
        line = await reader.readline()
        if line == b"":
            return
        writer.write(line)
        writer.close()

    async def on_connection_closed(self, reader, writer):
        try:
            writer.write(await reader.readline())
        finally:
            writer.close()


async def in_task(host):
    # ruleid: python/stream-writer
    reader, writer = await asyncio.open_connection(host, 7)
    asyncio.create_task(talk(reader, writer))


async def talk(reader, writer):
    line = await reader.readline()
    if not line:
        return
    writer.close()


async def in_task_closed(host):
    # ok: python/stream-writer
    reader, writer = await asyncio.open_connection(host, 7)
    asyncio.create_task(talk_closed(reader, writer))


async def talk_closed(reader, writer):
    try:
        await reader.readline()
    finally:
        writer.close()


def in_thread_closed(server: socket.socket):
    while True:
        # ok: python/socket
        conn, _ = server.accept()
        threading.Thread(target=answer_closed, args=(conn,)).start()


def answer_closed(conn):
    with conn:
        conn.sendall(conn.recv(64))


def kept(server: socket.socket, all_open):
    while True:
        # ok: python/socket
        conn, _ = server.accept()
        all_open.append(conn)
        threading.Thread(target=answer, args=(conn,)).start()


def seen_to_here(server: socket.socket):
    while True:
        # ok: python/socket
        conn, _ = server.accept()
        try:
            answer(conn)
        finally:
            conn.close()


def only_shown(server: socket.socket):
    # ok: python/socket
    conn, _ = server.accept()
    with conn:
        answer(conn)
