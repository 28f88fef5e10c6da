package shop

import java.net.ServerSocket
import java.net.Socket
import kotlin.concurrent.thread

fun inThread(server: ServerSocket) {
    while (true) {
        // ruleid: java/socket
        val socket = server.accept()
        thread { answer(socket) }
    }
}

fun answer(socket: Socket) {
    val one = socket.getInputStream().read()
    if (one < 0) return
    socket.getOutputStream().write(one)
    socket.close()
}

fun inPlace(server: ServerSocket) {
    while (true) {
        // ruleid: java/socket
        val socket = server.accept()
        answer(socket)
    }
}

fun inThreadClosed(server: ServerSocket) {
    while (true) {
        // ok: java/socket
        val socket = server.accept()
        thread { socket.use { it.getOutputStream().write(1) } }
    }
}

fun closedHere(server: ServerSocket) {
    // ok: java/socket
    server.accept().use { answer(it) }
}
