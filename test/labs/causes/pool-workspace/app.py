"""The shop's stock over HTTP: /reserve, /restock, /list."""
import http.server
import os

import store


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/reserve"):
            status = 200 if store.reserve("cup", 1000) else 409
        elif self.path.startswith("/restock"):
            store.restock("cup", 1)
            status = 200
        else:
            store.listing()
            status = 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SHOP_PORT"])), Shop).serve_forever()
