"""Connections that stand still, one way each. stalls.py WAY ...

    never-accepts ADDRESS PORT BACKLOG          listens, and never calls accept
    accepts ADDRESS PORT                        accepts, and then does nothing
    connects ADDRESS PORT COUNT [FROM ...]      opens connections, each from the next of these addresses, and waits for none of them
    writes ADDRESS PORT                         accepts, and writes until nothing more is taken
    says-done ADDRESS PORT COUNT                connects, sends its end (shutdown), and waits for the other's
"""
import socket
import sys
import threading

way, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
more = sys.argv[4:]
kept = []


def fill(connection):
    connection.setblocking(False)
    try:
        while True:
            connection.send(b"news " * 4096)
    except BlockingIOError:
        pass


if way == "never-accepts":
    kept.append(socket.create_server((address, port), backlog=int(more[0])))
elif way in ("accepts", "writes"):
    listener = socket.create_server((address, port), backlog=128)
    while True:
        connection, _ = listener.accept()
        kept.append(connection)
        if way == "writes":
            fill(connection)
elif way == "connects":
    sources = more[1:]
    for turn in range(int(more[0])):
        connection = socket.socket()
        if sources:
            connection.bind((sources[turn % len(sources)], 0))
        connection.setblocking(False)
        connection.connect_ex((address, port))
        kept.append(connection)
elif way == "says-done":
    for _ in range(int(more[0])):
        connection = socket.create_connection((address, port))
        connection.shutdown(socket.SHUT_WR)
        kept.append(connection)
threading.Event().wait()
