"""A new connection for each request, closed again at once. churn.py PORT COUNT; then one connection is kept."""
import socket
import sys
import threading

port, count = int(sys.argv[1]), int(sys.argv[2])
for turn in range(count + 1):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"work\n")
    connection.recv(100)
    if turn < count:
        connection.close()
threading.Event().wait()
