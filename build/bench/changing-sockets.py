"""A service and its clients in a namespace of their own: some thousand connections that are used, replaced and hung up on, until standard input ends.

changing-sockets.py CONNECTIONS [REPLACED_PER_SECOND]   two sockets each.
Every ten minutes the service is started anew, as in a deploy. Run it under `unshare --net --pid --fork --mount-proc`.
"""
import os
import random
import resource
import select
import signal
import socket
import subprocess
import sys
import time

PORTS = [3306, 5432, 6379, 8080]
RESTART_S = 600


def serve(ready):
    """Answers; of one connection in a hundred that the client closes it forgets its own end for a while (CLOSE_WAIT)."""
    listeners = []
    for port in PORTS:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.1.1.1", port))
        listener.listen(1024)
        listeners.append(listener)
    os.write(ready, b"x")
    os.close(ready)
    poll = select.epoll()
    connections = {listener.fileno(): listener for listener in listeners}
    for listener in listeners:
        poll.register(listener.fileno(), select.EPOLLIN)
    forgotten = []
    while True:
        for number, _ in poll.poll(1):
            connection = connections[number]
            if connection in listeners:
                accepted = connection.accept()[0]
                connections[accepted.fileno()] = accepted
                poll.register(accepted.fileno(), select.EPOLLIN)
                continue
            try:
                data = connection.recv(4096)
            except OSError:
                data = b""
            if data:
                connection.sendall(data)
                continue
            poll.unregister(number)
            del connections[number]
            if random.random() < 0.01:
                forgotten.append((time.monotonic() + 300, connection))
            else:
                connection.close()
        while forgotten and forgotten[0][0] < time.monotonic():
            forgotten.pop(0)[1].close()


def start_service():
    begun, ready = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(begun)
        serve(ready)
    os.close(ready)
    os.read(begun, 1)
    os.close(begun)
    return child


def use(count, replaced):
    held = []

    def connect():
        held.append(socket.create_connection(("127.1.1.1", random.choice(PORTS))))

    for _ in range(count):
        connect()
    print("ready", flush=True)
    while True:
        until = time.monotonic() + 0.1
        for _ in range(max(1, replaced // 10)):
            try:
                held.pop(random.randrange(len(held))).close()
                connect()
                connection = random.choice(held)
                connection.sendall(b"x" * 100)
                connection.recv(4096)
            except OSError:
                pass
        while len(held) < count:
            try:
                connect()
            except OSError:
                break
        time.sleep(max(0, until - time.monotonic()))


count = int(sys.argv[1])
replaced = int(sys.argv[2]) if len(sys.argv) > 2 else count // 100
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
service = start_service()
client = os.fork()
if client == 0:
    use(count, replaced)
restart_at = time.monotonic() + RESTART_S
while not select.select([sys.stdin], [], [], 1)[0]:
    if time.monotonic() > restart_at:
        restart_at += RESTART_S
        os.kill(service, signal.SIGKILL)
        os.waitpid(service, 0)
        service = start_service()
for child in (service, client):
    os.kill(child, signal.SIGKILL)
