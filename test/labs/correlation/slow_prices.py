"""The other service of lab B over time: answers at once, but for the price of a cup."""
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Prices(BaseHTTPRequestHandler):
    def do_GET(self):
        if "item=cup" in self.path:
            time.sleep(600)
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"3")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Prices)
server.daemon_threads = True
server.serve_forever()
