package shop.dao;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

abstract class Dao {
  private static final Logger LOG = Logger.getLogger(Dao.class.getName());
  protected Connection connection;

  // ok: java/jdbc-connection
  static Connection open() throws SQLException { return DriverManager.getConnection("jdbc:h2:mem:"); }

  static void close(ResultSet rs) { if (rs != null) { try { rs.close(); } catch (SQLException e) { LOG.log(Level.FINE, "x", e); } } }
  static void close(Statement st) { if (st != null) { try { st.close(); } catch (SQLException e) { LOG.log(Level.FINE, "x", e); } } }
  static void close(Connection c) { if (c != null) { try { c.close(); } catch (SQLException e) { LOG.log(Level.FINE, "x", e); } } }

  int helperClosed() throws SQLException {
    // ok: java/jdbc-connection
    Connection c = open();
    PreparedStatement ps = null;
    ResultSet rs = null;
    try {
      ps = c.prepareStatement("select 1");
      // ok: java/jdbc-result-set
      rs = ps.executeQuery();
      return rs.next() ? 1 : 0;
    } finally {
      close(rs);
      close(ps);
      close(c);
    }
  }

  int helperForgot() throws SQLException {
    // ruleid: java/jdbc-connection
    Connection c = open();
    PreparedStatement ps = null;
    try {
      ps = c.prepareStatement("select 1");
      return ps.executeUpdate();
    } finally {
      close(ps);
    }
  }

  // rows assigned twice: the first are overwritten
  void twice(Connection c) throws SQLException {
    // ok: java/jdbc-statement
    Statement st = c.createStatement();
    ResultSet rs = null;
    try {
      rs = st.executeQuery("select 1");
      rs.next();
      // ok: java/jdbc-result-set
      rs = st.executeQuery("select 2");
      rs.next();
    } finally {
      close(rs);
      close(st);
    }
  }

  // statement overwritten
  void overwritten(Connection c) throws SQLException {
    // ruleid: java/jdbc-statement
    PreparedStatement ps = c.prepareStatement("a");
    ps.executeUpdate();
    // ok: java/jdbc-statement
    ps = c.prepareStatement("b");
    try {
      ps.executeUpdate();
    } finally {
      ps.close();
    }
  }

  List<String> tables(Connection c) throws SQLException {
    DatabaseMetaData m = c.getMetaData();
    List<String> out = new ArrayList<>();
    // ruleid: java/jdbc-result-set
    ResultSet rs = m.getTables(null, null, "%", new String[] { "TABLE" });
    while (rs.next()) out.add(rs.getString("TABLE_NAME"));
    return out;
  }

  List<String> tablesClosed(Connection c) throws SQLException {
    List<String> out = new ArrayList<>();
    // ok: java/jdbc-result-set
    try (ResultSet rs = c.getMetaData().getTables(null, null, "%", null)) {
      while (rs.next()) out.add(rs.getString("TABLE_NAME"));
    }
    return out;
  }

  long keys(PreparedStatement ps) throws SQLException {
    ps.executeUpdate();
    // ok: java/jdbc-result-set
    try (ResultSet keys = ps.getGeneratedKeys()) {
      if (keys.next()) return keys.getLong(1);
      throw new SQLException("no key");
    }
  }

  // chain: the statement of a chain is lost
  int chain(Connection c) throws SQLException {
    // ruleid: java/jdbc-statement
    ResultSet rs = c.createStatement().executeQuery("select 1");
    try {
      return rs.next() ? rs.getInt(1) : 0;
    } finally {
      rs.close();
    }
  }

  int call(Connection c) throws SQLException {
    // ruleid: java/jdbc-statement
    CallableStatement cs = c.prepareCall("{call x(?)}");
    cs.setInt(1, 1);
    cs.execute();
    int r = cs.getInt(1);
    cs.close();
    return r;
  }

  boolean inField() throws SQLException {
    // ok: java/jdbc-connection
    connection = open();
    return connection.isValid(1);
  }

  void shutdown() { close(connection); connection = null; }

  // null check decides
  void maybe(boolean needed) throws SQLException {
    Connection c = needed ? open() : null;
    try {
      if (c != null) c.createStatement().close();
    } finally {
      if (c != null) c.close();
    }
  }

  // closes only on success: exception twin
  void successOnly() throws SQLException {
    Connection c = null;
    try {
      // ruleid: java/jdbc-connection
      c = open();
      c.setReadOnly(true);
      c.close();
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "x", e);
    }
  }

  void bothEnds() throws SQLException {
    // ok: java/jdbc-connection
    Connection c = open();
    try {
      c.setReadOnly(true);
    } catch (SQLException e) {
      c.close();
      throw e;
    } catch (RuntimeException e) {
      c.close();
      throw e;
    }
    c.close();
  }

  // anonymous class closes later
  java.util.Iterator<String> iterate(Connection c) throws SQLException {
    // todook: java/jdbc-statement
    final PreparedStatement ps = c.prepareStatement("select 1");
    // ok: java/jdbc-result-set
    final ResultSet rs = ps.executeQuery();
    return new java.util.Iterator<>() {
      @Override public boolean hasNext() {
        try {
          boolean more = rs.next();
          if (!more) { rs.close(); ps.close(); }
          return more;
        } catch (SQLException e) { throw new IllegalStateException(e); }
      }
      @Override public String next() { try { return rs.getString(1); } catch (SQLException e) { throw new IllegalStateException(e); } }
    };
  }

  ResultSet rows(Connection c) throws SQLException {
    // todook: java/jdbc-statement
    PreparedStatement ps = c.prepareStatement("select 1");
    ps.closeOnCompletion();
    // ok: java/jdbc-result-set
    return ps.executeQuery();
  }

  void useRows(Connection c) throws SQLException {
    // ruleid: java/jdbc-result-set
    ResultSet rs = rows(c);
    rs.next();
  }
}
