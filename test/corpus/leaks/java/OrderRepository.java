package shop.orders;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

public class OrderRepository {
  private final DataSource dataSource;

  public OrderRepository(DataSource dataSource) { this.dataSource = dataSource; }

  public Optional<Order> find(long id) throws SQLException {
    // ok: java/jdbc-connection
    try (Connection c = dataSource.getConnection();
         PreparedStatement ps = c.prepareStatement("select * from orders where id = ?")) {
      ps.setLong(1, id);
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next() ? Optional.of(Order.from(rs)) : Optional.empty();
      }
    }
  }

  // early return before the connection is closed
  public int countOpen(String state) throws SQLException {
    // ruleid: java/jdbc-connection
    Connection c = dataSource.getConnection();
    // ok: java/jdbc-statement
    PreparedStatement ps = c.prepareStatement("select count(*) from orders where state = ?");
    ps.setString(1, state);
    ResultSet rs = ps.executeQuery();
    if (!rs.next()) {
      return 0;
    }
    int n = rs.getInt(1);
    rs.close();
    ps.close();
    c.close();
    return n;
  }

  // the setter before the try raises
  public int rename(long id, String name) throws SQLException {
    // ok: java/jdbc-connection
    try (Connection c = dataSource.getConnection()) {
      // todoruleid: java/jdbc-statement
      PreparedStatement ps = c.prepareStatement("update orders set name = ? where id = ?");
      ps.setString(1, name);
      ps.setLong(2, id);
      try {
        return ps.executeUpdate();
      } finally {
        ps.close();
      }
    }
  }

  // a helper that prepares, binds and gives back: when a setter raises nobody has it
  private PreparedStatement prepare(Connection c, String sql, Object[] params) throws SQLException {
    // ruleid: java/jdbc-statement
    PreparedStatement ps = c.prepareStatement(sql);
    for (int i = 0; i < params.length; i++) {
      if (params[i] == null) {
        ps.setNull(i + 1, Types.VARCHAR);
      } else {
        ps.setObject(i + 1, params[i]);
      }
    }
    return ps;
  }

  private PreparedStatement prepareSafely(Connection c, String sql, Object[] params) throws SQLException {
    // ok: java/jdbc-statement
    PreparedStatement ps = c.prepareStatement(sql);
    try {
      for (int i = 0; i < params.length; i++) {
        ps.setObject(i + 1, params[i]);
      }
      return ps;
    } catch (SQLException | RuntimeException e) {
      ps.close();
      throw e;
    }
  }

  public int execute(String sql, Object... params) throws SQLException {
    // ok: java/jdbc-connection
    try (Connection c = dataSource.getConnection(); PreparedStatement ps = prepareSafely(c, sql, params)) {
      return ps.executeUpdate();
    }
  }

  public List<Order> all() throws SQLException {
    List<Order> orders = new ArrayList<>();
    Connection c = null;
    Statement st = null;
    ResultSet rs = null;
    try {
      c = dataSource.getConnection();
      // ok: java/jdbc-statement
      st = c.createStatement();
      rs = st.executeQuery("select * from orders");
      while (rs.next()) {
        if (rs.getInt("hidden") == 1) continue;
        orders.add(Order.from(rs));
      }
      return orders;
    } finally {
      if (rs != null) rs.close();
      if (st != null) st.close();
      if (c != null) c.close();
    }
  }

  // a close that raises keeps the others from being closed? the connection's own close frees the rest: only the connection counts
  public void purge(long before) throws SQLException {
    // ok: java/jdbc-connection
    Connection c = dataSource.getConnection();
    try {
      Statement st = c.createStatement();
      try {
        st.executeUpdate("delete from orders where at < " + before);
      } finally {
        st.close();
      }
    } finally {
      c.close();
    }
  }

  // createStatement raises: the connection stays
  public boolean ping() {
    try {
      // ruleid: java/jdbc-connection
      Connection c = dataSource.getConnection();
      // ok: java/jdbc-statement
      Statement st = c.createStatement();
      try {
        return st.execute("select 1");
      } finally {
        st.close();
        c.close();
      }
    } catch (SQLException e) {
      return false;
    }
  }

  // statements in a loop, only the last one is closed
  public void touchAll(Connection c, List<Long> ids) throws SQLException {
    PreparedStatement ps = null;
    try {
      for (long id : ids) {
        // ruleid: java/jdbc-statement
        ps = c.prepareStatement("update orders set touched = now() where id = " + id);
        ps.executeUpdate();
      }
    } finally {
      if (ps != null) ps.close();
    }
  }

  public void touchEach(Connection c, List<Long> ids) throws SQLException {
    for (long id : ids) {
      // ok: java/jdbc-statement
      PreparedStatement ps = c.prepareStatement("update orders set touched = now() where id = " + id);
      try {
        if (ps.executeUpdate() == 0) continue;
        if (id < 0) break;
      } finally {
        ps.close();
      }
    }
  }

  public static final class Order {
    final long id;
    Order(long id) { this.id = id; }
    static Order from(ResultSet rs) throws SQLException { return new Order(rs.getLong("id")); }
  }
}
