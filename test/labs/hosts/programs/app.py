"""A service that falls under twice its share. app.py ADDRESS PORT ILL_FILE [DATABASE_ADDRESS DATABASE_PORT]

Each request takes one of eight permits and, holding it, a second one: eight requests at once wait for each other for ever (a pool that is asked twice).
Where ILL_FILE exists no request comes back. What it does stands in ILL_FILE.log. With a database each request asks it over one of six connections that are kept.
"""
import http.server
import itertools
import os
import queue
import socket
import sys
import threading
import time

address, port, ill = sys.argv[1], int(sys.argv[2]), sys.argv[3]
log = open(ill + ".log", "a", buffering=1)
permits = threading.Semaphore(8)
connections = queue.Queue()
if len(sys.argv) > 4:
    for _ in range(6):
        connections.put(socket.create_connection((sys.argv[4], int(sys.argv[5]))))


numbers = itertools.count(1)


def say(what):
    now = time.time()
    log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z INFO {what}\n")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        number = next(numbers)
        if os.path.exists(ill):
            say(f"order {number} waits for the refund desk")
            threading.Event().wait()
        if len(sys.argv) > 4:
            connection = connections.get()
            connection.sendall(b"select 1\n")
            connection.recv(100)
            connections.put(connection)
        else:
            with permits:
                time.sleep(0.06)
                with permits:
                    time.sleep(0.005)
        say(f"order {number} shipped")
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Server((address, port), Handler).serve_forever()
