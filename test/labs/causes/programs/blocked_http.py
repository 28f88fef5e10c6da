"""An HTTP server whose handlers never come back. blocked_http.py ADDRESS PORT single | threads | workers=N"""
import http.server
import os
import socket
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        threading.Event().wait()


class Single(http.server.HTTPServer):
    request_queue_size = 64
    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET

    def server_bind(self):
        # Dual-stack, whatever net.ipv6.bindv6only says.
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class Threads(http.server.ThreadingHTTPServer, Single):
    daemon_threads = True


address, port, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
server = (Threads if way == "threads" else Single)((address, port), Handler)
if way.startswith("workers="):
    workers = []
    for _ in range(int(way[8:])):
        pid = os.fork()
        if pid == 0:
            # Ends with its parent: prctl(PR_SET_PDEATHSIG, SIGKILL).
            import ctypes
            ctypes.CDLL(None).prctl(1, 9)
            server.serve_forever()
        workers.append(pid)
    threading.Event().wait()
server.serve_forever()
