"""A server that answers each message and hangs up on a connection that has been idle. peer.py ADDRESS PORT IDLE_SECONDS (0: never) [orphans]

With "orphans" its closed ends leave FIN_WAIT_2 after a second (TCP_LINGER2, tcp(7)) instead of after a minute.
"""
import socket
import sys
import threading

address, port, idle = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
orphans = len(sys.argv) > 4


def serve(connection):
    connection.settimeout(idle or None)
    if orphans:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 1)
    try:
        while connection.recv(4096):
            connection.sendall(b"ok\n")
    except OSError:
        pass
    finally:
        connection.close()


family = socket.AF_INET6 if ":" in address else socket.AF_INET
listener = socket.create_server((address, port), family=family, backlog=512)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
