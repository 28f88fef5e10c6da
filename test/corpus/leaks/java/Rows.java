package shop.rows;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.annotation.Transactional;

@Configuration
class Rows {
  @Autowired private DataSource ds;

  @Bean HikariDataSource dataSource() {
    HikariConfig c = new HikariConfig();
    c.setMaximumPoolSize(10);
    return new HikariDataSource(c);
  }

  int once(HikariConfig cfg) throws SQLException {
    // ruleid: java/hikari-pool
    HikariDataSource pool = new HikariDataSource(cfg);
    // ok: java/jdbc-connection
    try (Connection c = pool.getConnection()) {
      return c.getHoldability();
    }
  }

  Callable<Integer> later(ExecutorService workers) throws SQLException {
    // ok: java/jdbc-connection
    Connection c = ds.getConnection();
    return () -> {
      // ok: java/jdbc-statement
      try (c; Statement st = c.createStatement()) {
        return st.executeUpdate("x");
      }
    };
  }

  void handedToThread() throws SQLException {
    // ok: java/jdbc-connection
    Connection c = ds.getConnection();
    Thread t = new Thread(new Job(c));
    t.start();
  }

  static final class Job implements Runnable {
    private final Connection c;
    Job(Connection c) { this.c = c; }
    @Override public void run() {
      // ok: java/jdbc-statement
      try { c.createStatement().close(); } catch (SQLException e) { throw new IllegalStateException(e); } finally { try { c.close(); } catch (SQLException e) { /* nothing */ } }
    }
  }

  // conditional ownership
  int given(Connection given) throws SQLException {
    boolean own = given == null;
    // ok: java/jdbc-connection
    Connection c = own ? ds.getConnection() : given;
    // ok: java/jdbc-statement
    try (PreparedStatement ps = c.prepareStatement("x")) {
      return ps.executeUpdate();
    } finally {
      if (own) c.close();
    }
  }

  // ResultSet in a loop that returns: try-with-resources closes; the statement does not
  String loop(Connection c) throws SQLException {
    // ruleid: java/jdbc-statement
    Statement st = c.createStatement();
    try (ResultSet rs = st.executeQuery("select name from t")) {
      while (rs.next()) {
        if (rs.getString(1) != null) return rs.getString(1);
      }
    }
    st.close();
    return null;
  }

  // closing the connection closes statements and rows
  int viaConnection() throws SQLException {
    // ok: java/jdbc-connection
    try (Connection c = ds.getConnection()) {
      ResultSet rs = c.createStatement().executeQuery("select 1");
      return rs.next() ? rs.getInt(1) : 0;
    }
  }

  int viaFinally() throws SQLException {
    // ok: java/jdbc-connection
    Connection c = ds.getConnection();
    try {
      PreparedStatement ps = c.prepareStatement("select 1");
      ResultSet rs = ps.executeQuery();
      rs.next();
      return rs.getInt(1);
    } finally {
      c.close();
    }
  }

  @Transactional public void declared(List<String> names) {
    names.clear();
  }

  // nested tries
  int nested() throws SQLException {
    // ok: java/jdbc-connection
    Connection c = ds.getConnection();
    try {
      Statement st = c.createStatement();
      try {
        ResultSet rs = st.executeQuery("x");
        try {
          return rs.getFetchSize();
        } finally { rs.close(); }
      } finally { st.close(); }
    } finally { c.close(); }
  }

  // the finally throws before the close: the second close is skipped
  void finallyOrder() throws SQLException {
    // todoruleid: java/jdbc-connection
    Connection c = ds.getConnection();
    Statement st = null;
    try {
      st = c.createStatement();
      st.execute("x");
    } finally {
      st.close();
      c.close();
    }
  }

  // ok: java/jdbc-connection
  interface Repo { Connection borrow() throws SQLException; }
  static final class PoolRepo implements Repo {
    private final DataSource ds;
    PoolRepo(DataSource ds) { this.ds = ds; }
    // ok: java/jdbc-connection
    @Override public Connection borrow() throws SQLException { return ds.getConnection(); }
  }

  private final Repo repo = new PoolRepo(ds);

  void viaInterface(boolean b) throws SQLException {
    // ruleid: java/jdbc-connection
    Connection c = repo.borrow();
    if (b) return;
    c.close();
  }

  void viaInterfaceClosed(boolean b) throws SQLException {
    // ok: java/jdbc-connection
    try (Connection c = repo.borrow()) {
      if (b) return;
      c.setReadOnly(true);
    }
  }
}
