"""Answers each line with ok, until SILENT_FILE exists. database.py ADDRESS PORT SILENT_FILE"""
import os
import socketserver
import sys
import threading


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        for _ in self.rfile:
            if os.path.exists(sys.argv[3]):
                threading.Event().wait()
            self.wfile.write(b"ok\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


Server((sys.argv[1], int(sys.argv[2])), Session).serve_forever()
