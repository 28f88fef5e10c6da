"""What healthy programs do with sockets. healthy.py WHAT PORT

    http-server    answers at once, keep-alive, a thread for each connection
    http-load      a small load on it: ten clients with keep-alive, and now and then one without
    poll           asks every half second, on one kept connection
    long-poll      serves connections that lie idle as long as their clients like
    idle-clients   200 of those clients
    redis-pool     ten idle connections to redis, one in use
    slow-closer    always one CLOSE_WAIT, never an old one: closes two seconds after its peer
"""
import http.client
import http.server
import resource
import selectors
import socket
import sys
import threading
import time

what, port = sys.argv[1], int(sys.argv[2])


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def ask(pause, kept=True):
    client = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        client.request("GET", "/")
        client.getresponse().read()
        if not kept:
            client.close()
        time.sleep(pause)


def http_server():
    Server(("127.0.0.1", port), Answer).serve_forever()


def http_load():
    for _ in range(10):
        threading.Thread(target=ask, args=(0.1,), daemon=True).start()
    ask(0.25, kept=False)


def poll():
    ask(0.5)


def long_poll():
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if key.fileobj is listener:
                accepted, _ = listener.accept()
                ready.register(accepted, selectors.EVENT_READ)
            elif not key.fileobj.recv(4096):
                ready.unregister(key.fileobj)
                key.fileobj.close()


def idle_clients():
    kept = []
    for _ in range(200):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"GET /events HTTP/1.1\r\nHost: here\r\n\r\n")
        kept.append(client)
    threading.Event().wait()


def redis_pool():
    def ping(connection):
        connection.sendall(b"PING\r\n")
        connection.recv(100)

    pool = [socket.create_connection(("127.0.0.1", port)) for _ in range(10)]
    for connection in pool:
        ping(connection)
    while True:
        ping(pool[0])
        time.sleep(0.2)


def slow_closer():
    listener = socket.create_server(("127.0.0.1", port))

    def hang_up():
        while True:
            accepted, _ = listener.accept()
            accepted.recv(100)
            accepted.close()

    threading.Thread(target=hang_up, daemon=True).start()
    while True:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"x")
        time.sleep(2)
        connection.close()


resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
{
    "http-server": http_server, "http-load": http_load, "poll": poll, "long-poll": long_poll,
    "idle-clients": idle_clients, "redis-pool": redis_pool, "slow-closer": slow_closer,
}[what]()
