import socket
import urllib.request

socket.setdefaulttimeout(10)


def ask(url):
    # ok: python/urllib-no-timeout
    return urllib.request.urlopen(url)


def reach(address):
    # ok: python/socket-no-timeout
    return socket.create_connection(address)
