"""Makes many real TCP connections in a network namespace of its own, says so, and holds them until standard input ends.

many-sockets.py CONNECTIONS [HUNG_UP]   two sockets each; the peers of HUNG_UP of them close, and the client does not.
Run it under `unshare --net`.
"""
import os
import resource
import signal
import socket
import subprocess
import sys

PORTS = [3306, 5432, 6379, 8080]


def pair(number, connections, hung_up, ready):
    """A client and its server, two processes: neither needs more descriptors than a process is allowed."""
    listeners = []
    for port in PORTS:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((f"127.1.{number}.1", port))
        listener.listen(1024)
        listeners.append(listener)
    begun, taken = os.pipe(), os.pipe()
    client = os.fork()
    if client == 0:
        held = []
        for index in range(connections):
            held.append(socket.create_connection(listeners[index % len(PORTS)].getsockname()))
            os.write(begun[1], bytes([index % len(PORTS)]))
            if index % 128 == 127:
                os.read(taken[0], 1)
        os.close(begun[1])
        signal.pause()
    os.close(begun[1])
    accepted = []
    while turn := os.read(begun[0], 1):
        accepted.append(listeners[turn[0]].accept()[0])
        if len(accepted) % 128 == 0:
            os.write(taken[1], b"x")
    for connection in accepted[:hung_up]:
        connection.close()
    os.write(ready, f"{client}\n".encode())
    signal.pause()


connections = int(sys.argv[1])
hung_up = int(sys.argv[2]) if len(sys.argv) > 2 else 0
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
most = min(limit, 26_000) - 200
done = os.pipe()
children = []
for number in range(-(-connections // most)):
    share = min(most, connections - number * most)
    child = os.fork()
    if child == 0:
        pair(number + 1, share, hung_up if number == 0 else 0, done[1])
    children.append(child)
os.close(done[1])
said = ""
while said.count("\n") < len(children):
    said += os.read(done[0], 4096).decode()
children += [int(line) for line in said.split()]
print(f"ready {os.getpid()}", flush=True)
sys.stdin.read()
for child in children:
    os.kill(child, signal.SIGKILL)
