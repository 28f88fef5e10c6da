"""So many requests a second, whatever becomes of them. load.py ADDRESS PORT PER_SECOND"""
import socket
import sys
import threading
import time


def ask():
    try:
        with socket.create_connection((sys.argv[1], int(sys.argv[2])), 1) as connection:
            connection.settimeout(4)
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while connection.recv(1000):
                pass
    except OSError:
        pass


due = time.monotonic()
while True:
    threading.Thread(target=ask, daemon=True).start()
    due += 1 / float(sys.argv[3])
    time.sleep(max(0, due - time.monotonic()))
