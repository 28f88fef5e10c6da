"""A service that falls under twice its share. app.py ADDRESS PORT ILL_FILE [DATABASE_ADDRESS DATABASE_PORT]

Each request takes one of eight permits and, holding it, a second one: eight requests at once wait for each other for ever (a pool that is asked twice).
Where ILL_FILE exists no request comes back. With a database each request asks it over one of six connections that are kept.
"""
import http.server
import os
import queue
import socket
import sys
import threading
import time

address, port, ill = sys.argv[1], int(sys.argv[2]), sys.argv[3]
permits = threading.Semaphore(8)
connections = queue.Queue()
if len(sys.argv) > 4:
    for _ in range(6):
        connections.put(socket.create_connection((sys.argv[4], int(sys.argv[5]))))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if os.path.exists(ill):
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
