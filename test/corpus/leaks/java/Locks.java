package shop.more;

import java.io.*;
import java.net.*;
import java.nio.channels.*;
import java.sql.*;
import java.util.*;
import java.util.function.*;
import javax.sql.DataSource;

class Locks {
  DataSource ds;

  <T> T with(Function<Connection, T> f) {
    // ok: java/jdbc-connection
    try (Connection c = ds.getConnection()) {
      return f.apply(c);
    } catch (SQLException e) {
      throw new RuntimeException(e);
    }
  }

  Integer use() {
    return with(c -> {
      try {
        // todoruleid: java/jdbc-statement
        PreparedStatement ps = c.prepareStatement("x");
        ps.setInt(1, 2);
        int n = ps.executeUpdate();
        if (n == 0) return null;
        ps.close();
        return n;
      } catch (SQLException e) {
        throw new RuntimeException(e);
      }
    });
  }

  void datagram(byte[] b, InetAddress a) throws IOException {
    // ruleid: java/socket
    DatagramSocket s = new DatagramSocket();
    // ok: java/socket
    s.send(new DatagramPacket(b, b.length, a, 1));
  }

  void multicast() throws IOException {
    // ruleid: java/socket
    MulticastSocket s = new MulticastSocket(5353);
    s.setTimeToLive(1);
    s.close();
  }

  int builder(String host) throws IOException {
    Socket s = null;
    InputStream in = null;
    try {
      s = new Socket(host, 1);
      in = s.getInputStream();
      return in.read();
    } finally {
      if (in != null) {
        try { in.close(); } catch (IOException e) { }
      }
      if (s != null) {
        try { s.close(); } catch (IOException e) { }
      }
    }
  }

  void pipe() throws IOException {
    // ok: java/jdbc-connection
    Pipe p = Pipe.open();
    try {
      p.sink().configureBlocking(false);
    } finally {
      p.sink().close();
      p.source().close();
    }
  }

  // static holder
  private static Connection shared;
  static synchronized Connection shared(DataSource ds) throws SQLException {
    // ok: java/jdbc-connection
    if (shared == null || shared.isClosed()) shared = ds.getConnection();
    return shared;
  }

  void useShared() throws SQLException {
    Connection c = shared(ds);
    c.setReadOnly(true);
  }

  // error twin: opening failed, nothing to close
  Connection twin() {
    Connection c;
    try {
      c = ds.getConnection();
    } catch (SQLException e) {
      return null;
    }
    return c;
  }

  void useTwin() throws SQLException {
    // ok: java/jdbc-connection
    Connection c = twin();
    if (c == null) return;
    try {
      c.setReadOnly(true);
    } finally {
      c.close();
    }
  }

  void useTwinLeak() throws SQLException {
    // ruleid: java/jdbc-connection
    Connection c = twin();
    if (c == null) return;
    c.setReadOnly(true);
  }

  // pattern matching
  Object pattern(Object o, File f) throws IOException {
    if (o instanceof String s && !s.isEmpty()) {
      // ruleid: java/file-stream
      Writer w = new FileWriter(f);
      w.write(s);
      return s;
    }
    return switch (o) {
      case Integer i when i > 3 -> {
        // ok: java/file-stream
        try (Writer w = new FileWriter(f)) { w.write(i); yield i; }
      }
      case null, default -> null;
    };
  }

  // var and generics
  <R extends Closeable> void closing(R r, Consumer<R> c) throws IOException {
    try (r) { c.accept(r); }
  }

  void useClosing(File f) throws IOException {
    // ok: java/file-stream
    closing(new FileOutputStream(f), out -> {
      try { out.write(1); } catch (IOException e) { throw new UncheckedIOException(e); }
    });
  }

  // constructor of an anonymous Thread
  void anon(String host) throws IOException {
    // ok: java/socket
    final Socket s = new Socket(host, 80);
    new Thread() {
      @Override public void run() {
        try { s.getOutputStream().write(1); } catch (IOException e) { } finally { try { s.close(); } catch (IOException e) { } }
      }
    }.start();
  }

  // System streams must not be told
  int stdin() throws IOException {
    BufferedReader r = new BufferedReader(new InputStreamReader(System.in));
    // ok: java/file-stream
    Scanner s = new Scanner(System.in);
    return r.read() + s.nextInt();
  }

  // blocks of synchronized
  void sync(File f) throws IOException {
    synchronized (this) {
      // ruleid: java/file-stream
      FileInputStream in = new FileInputStream(f);
      if (in.available() == 0) return;
      in.close();
    }
  }

  // ternary
  // ok: java/file-stream
  InputStream either(boolean b, File f, URL u) throws IOException { return b ? new FileInputStream(f) : u.openStream(); }

  int useEither(boolean b, File f, URL u) throws IOException {
    // ruleid: java/file-stream
    // ruleid: java/url-stream
    InputStream in = either(b, f, u);
    return in.read();
  }
}
