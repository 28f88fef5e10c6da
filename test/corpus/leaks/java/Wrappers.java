package shop.wrap;

import java.io.Closeable;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.io.IOUtils;

class Wrappers {
  // a type that owns and closes
  static final class Session implements AutoCloseable {
    private final Connection connection;
    Session(String url) throws SQLException { this.connection = DriverManager.getConnection(url); }
    Connection connection() { return connection; }
    @Override public void close() throws SQLException { connection.close(); }
  }

  // a type whose own close forgets one
  static final class Pair implements Closeable {
    private final Socket a;
    private final Socket b;
    Pair(String h) throws IOException {
      // todoruleid: java/socket
      this.a = new Socket(h, 1);
      // ok: java/socket
      this.b = new Socket(h, 2);
    }
    @Override public void close() throws IOException { a.close(); b.close(); }
  }

  int count(String url) throws SQLException {
    try (Session s = new Session(url); PreparedStatement ps = s.connection().prepareStatement("select 1"); ResultSet rs = ps.executeQuery()) {
      return rs.next() ? rs.getInt(1) : 0;
    }
  }

  int countLeak(String url) throws SQLException {
    // ruleid: java/jdbc-connection
    Session s = new Session(url);
    try (PreparedStatement ps = s.connection().prepareStatement("select 1"); ResultSet rs = ps.executeQuery()) {
      return rs.next() ? rs.getInt(1) : 0;
    }
  }

  // rows handed on as a stream that closes them
  Stream<String> names(Connection c) throws SQLException {
    PreparedStatement ps = c.prepareStatement("select name from t");
    try {
      ResultSet rs = ps.executeQuery();
      return StreamSupport.stream(new RowSpliterator(rs), false).onClose(() -> closeQuietly(rs, ps));
    } catch (SQLException e) {
      closeQuietly(ps);
      throw e;
    }
  }

  static void closeQuietly(AutoCloseable... all) {
    for (AutoCloseable a : all) {
      try {
        if (a != null) a.close();
      } catch (Exception e) {
        // nothing to be done
      }
    }
  }

  void several(String url) throws SQLException {
    Connection c = null;
    PreparedStatement ps = null;
    ResultSet rs = null;
    try {
      c = DriverManager.getConnection(url);
      ps = c.prepareStatement("select 1");
      rs = ps.executeQuery();
      rs.next();
    } finally {
      closeQuietly(rs, ps, c);
    }
  }

  void ioutils(File f, OutputStream out) throws IOException {
    // ok: java/file-stream
    InputStream in = new FileInputStream(f);
    try {
      IOUtils.copy(in, out);
    } finally {
      IOUtils.closeQuietly(in);
    }
  }

  // reassigned to a wrapper of itself
  void wrapped(File f) throws IOException {
    // ok: java/file-stream
    InputStream in = new FileInputStream(f);
    try {
      in = new Counted(in);
      in.read();
    } finally {
      in.close();
    }
  }

  // kept in a list that is closed at the end
  void many(List<File> files) throws IOException {
    List<InputStream> open = new ArrayList<>();
    try {
      for (File f : files) open.add(new FileInputStream(f));
      for (InputStream in : open) in.read();
    } finally {
      for (InputStream in : open) in.close();
    }
  }

  private final Map<String, Socket> sockets = new HashMap<>();

  Socket socket(String host) throws IOException {
    Socket s = sockets.get(host);
    if (s == null) {
      // ok: java/socket
      s = new Socket(host, 80);
      sockets.put(host, s);
    }
    return s;
  }

  Socket cached(String host) {
    return sockets.computeIfAbsent(host, h -> {
      try {
        return new Socket(h, 80);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  // shadowed: the inner one leaks, the outer is closed
  void shadow(File a, File b) throws IOException {
    // ok: java/file-stream
    InputStream in = new FileInputStream(a);
    try {
      Runnable r = () -> {
        try {
          // ruleid: java/file-stream
          InputStream other = new FileInputStream(b);
          other.read();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      };
      r.run();
    } finally {
      in.close();
    }
  }

  // retry
  Socket retry(String host, int times) throws IOException {
    IOException last = null;
    for (int i = 0; i < times; i++) {
      try {
        return new Socket(host, 80);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  Socket retryLeak(String host, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      // ruleid: java/socket
      Socket s = new Socket(host, 80);
      if (s.isBound()) return s;
    }
    throw new IOException("none");
  }

  // switch
  void toSwitch(File f, String mode) throws IOException {
    // ruleid: java/file-stream
    OutputStream out = new FileOutputStream(f);
    switch (mode) {
      case "a" -> out.write(1);
      case "b" -> { return; }
      default -> throw new IllegalArgumentException(mode);
    }
    out.close();
  }

  int yieldSwitch(File f, int mode) throws IOException {
    // ok: java/file-stream
    try (InputStream in = new FileInputStream(f)) {
      return switch (mode) {
        case 1, 2 -> in.read();
        case 3 -> { int x = in.read(); yield x + 1; }
        default -> throw new IllegalStateException();
      };
    }
  }

  // labelled
  void labelled(List<List<File>> all) throws IOException {
    outer:
    for (List<File> group : all) {
      for (File f : group) {
        // ruleid: java/file-stream
        InputStream in = new FileInputStream(f);
        if (in.read() == 0) continue outer;
        in.close();
      }
    }
  }

  static final class Counted extends FilterInputStream {
    long n;
    Counted(InputStream in) { super(in); }
  }

  static final class Lines implements Iterator<String>, Closeable {
    private final java.io.BufferedReader reader;
    private String next;
    Lines(File f) throws IOException { reader = new java.io.BufferedReader(new java.io.FileReader(f)); }
    @Override public boolean hasNext() {
      try { next = reader.readLine(); return next != null; } catch (IOException e) { throw new IllegalStateException(e); }
    }
    @Override public String next() { return next; }
    @Override public void close() throws IOException { reader.close(); }
  }

  int lines(File f) throws IOException {
    int n = 0;
    // ruleid: java/file-stream
    Lines lines = new Lines(f);
    while (lines.hasNext()) { lines.next(); n++; }
    return n;
  }

  Supplier<InputStream> lazy(File f) {
    return () -> {
      // ok: java/file-stream
      try { return new FileInputStream(f); } catch (IOException e) { throw new IllegalStateException(e); }
    };
  }

  record Upload(InputStream body, String name) implements Closeable {
    @Override public void close() throws IOException { body.close(); }
  }

  // ok: java/file-stream
  Upload upload(File f) throws IOException { return new Upload(new FileInputStream(f), f.getName()); }

  long size(File f) throws IOException {
    try (Upload u = upload(f)) { return u.body().available(); }
  }

  static class RowSpliterator extends java.util.Spliterators.AbstractSpliterator<String> {
    private final ResultSet rs;
    RowSpliterator(ResultSet rs) { super(Long.MAX_VALUE, 0); this.rs = rs; }
    @Override public boolean tryAdvance(java.util.function.Consumer<? super String> a) {
      try { if (!rs.next()) return false; a.accept(rs.getString(1)); return true; } catch (SQLException e) { throw new IllegalStateException(e); }
    }
  }
}
