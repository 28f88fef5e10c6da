"""A shop that asks its stock service for each order: shop.py PORT STOCK_PORT leaks|closes

`leaks`: the connection of each order is left open, until the process has no descriptors left and dies of it, as a real one does.
"""
import resource
import socket
import sys

port, stock, way = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
resource.setrlimit(resource.RLIMIT_NOFILE, (70, 70))
left_open = []
server = socket.create_server(("127.0.0.1", port), reuse_port=False)
client, _ = server.accept()
orders = client.makefile("rw")
for order in orders:
    connection = socket.create_connection(("127.0.0.1", stock))
    connection.sendall(order.encode())
    answer = connection.recv(100)
    if way == "leaks":
        left_open.append(connection)
    else:
        connection.close()
    orders.write("done\n")
    orders.flush()
