"""Opens connections, uses each once, and keeps them. keeps_connections.py ADDRESS PORT COUNT SECONDS_BETWEEN [ways ...]

    keepalive        probes each second (the peer's reset of a dead connection is seen by the kernel, not by this program)
    reads-the-end    waits for the peer's end of file, reads it, and forgets the descriptor
    healthy=PORT     beside that, two connections to another peer on 127.0.0.1 that are in use all the time
"""
import selectors
import socket
import sys
import threading
import time

address, port, count, between = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
ways = sys.argv[5:]
kept = []
ends = selectors.DefaultSelector()


def use(connection):
    connection.sendall(b"work\n")
    connection.recv(100)


def stay_healthy(healthy_port):
    pool = [socket.create_connection(("127.0.0.1", healthy_port)) for _ in range(2)]
    while True:
        for connection in pool:
            use(connection)
        time.sleep(0.3)


def read_ends():
    while True:
        for key, _ in ends.select(timeout=0.5):
            if not key.fileobj.recv(100):
                ends.unregister(key.fileobj)


for way in ways:
    if way.startswith("healthy="):
        threading.Thread(target=stay_healthy, args=(int(way[8:]),), daemon=True).start()
if "reads-the-end" in ways:
    threading.Thread(target=read_ends, daemon=True).start()
for _ in range(count):
    connection = socket.create_connection((address, port))
    if "keepalive" in ways:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    use(connection)
    kept.append(connection)
    if "reads-the-end" in ways:
        ends.register(connection, selectors.EVENT_READ)
    time.sleep(between)
threading.Event().wait()
