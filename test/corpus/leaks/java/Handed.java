package shop;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

class Handed {
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private Map<String, Socket> open;

  void inPool(ServerSocket server) throws IOException {
    while (true) {
      // ruleid: java/socket
      Socket socket = server.accept();
      pool.submit(() -> answer(socket));
    }
  }

  private void answer(Socket socket) {
    try {
      int one = socket.getInputStream().read();
      if (one < 0) {
        return;
      }
      socket.getOutputStream().write(one);
      socket.close();
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  void inThread(ServerSocket server) throws IOException {
    // ruleid: java/socket
    Socket socket = server.accept();
    new Thread(() -> {
      try {
        if (socket.getInputStream().read() < 0) {
          return;
        }
        socket.close();
      } catch (IOException e) {
        e.printStackTrace();
      }
    }).start();
  }

  void inPlace(ServerSocket server) throws IOException {
    while (true) {
      // ruleid: java/socket
      Socket socket = server.accept();
      answer(socket);
    }
  }

  void closedInPool(ServerSocket server) throws IOException {
    while (true) {
      // ok: java/socket
      Socket socket = server.accept();
      pool.execute(() -> answerAndClose(socket));
    }
  }

  private void answerAndClose(Socket socket) {
    try (socket) {
      socket.getOutputStream().write(1);
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  void kept(ServerSocket server) throws IOException {
    // ok: java/socket
    Socket socket = server.accept();
    open.put("last", socket);
    pool.submit(() -> answer(socket));
  }

  void closedHere(ServerSocket server) throws IOException {
    // ok: java/socket
    Socket socket = server.accept();
    try {
      answer(socket);
    } finally {
      socket.close();
    }
  }
}
