package shop.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;

/** Gives connections, in as many ways as people write. */
interface Lender {
  Connection lend() throws SQLException;

  void giveBack(Connection connection);
}

class PoolLender implements Lender {
  private final DataSource source;

  PoolLender(DataSource source) {
    this.source = source;
  }

  @Override
  public Connection lend() throws SQLException {
    // ok: java/jdbc-connection
    return source.getConnection();
  }

  @Override
  public void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

/** Holds what it is given, and closes it with itself. */
class Holder implements AutoCloseable {
  private final Connection connection;

  Holder(Connection connection) {
    this.connection = connection;
  }

  int size() throws SQLException {
    return connection.getNetworkTimeout();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

record Pair(Connection left, String right) {}

class Connections {
  private final DataSource source;
  private final Lender lender;
  private Connection kept;
  private static DataSource shared;

  Connections(DataSource source, Lender lender) {
    this.source = source;
    this.lender = lender;
  }

  int closedOnOneBranchOnly(boolean well) throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = source.getConnection();
    if (well) {
      connection.close();
      return 1;
    }
    return 2;
  }

  int throughAnInterface() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = lender.lend();
    try {
      return connection.getNetworkTimeout();
    } finally {
      lender.giveBack(connection);
    }
  }

  int throughAnInterfaceAndLost() throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = lender.lend();
    return connection.getNetworkTimeout();
  }

  int inherited() throws SQLException {
    // ruleid: java/jdbc-connection
    return shared.getConnection().getNetworkTimeout();
  }

  int fullyNamed(String url) throws SQLException {
    // ruleid: java/jdbc-connection
    java.sql.Connection connection = java.sql.DriverManager.getConnection(url);
    return connection.getNetworkTimeout();
  }

  int inferred() throws SQLException {
    // ruleid: java/jdbc-connection
    var connection = source.getConnection();
    return connection.getNetworkTimeout();
  }

  void keptInAField() throws SQLException {
    // ok: java/jdbc-connection
    kept = source.getConnection();
  }

  int keptByAnObject() throws SQLException {
    // ok: java/jdbc-connection
    try (Holder holder = new Holder(source.getConnection())) {
      return holder.size();
    }
  }

  Pair keptInARecord() throws SQLException {
    // ok: java/jdbc-connection
    return new Pair(source.getConnection(), "left");
  }

  List<Connection> keptInAList(int count) throws SQLException {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // ok: java/jdbc-connection
      connections.add(source.getConnection());
    }
    return connections;
  }

  void handedToAThread() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    new Thread(() -> use(connection)).start();
  }

  private static void use(Connection connection) {
    try (connection) {
      connection.setReadOnly(true);
    } catch (SQLException e) {
      e.printStackTrace();
    }
  }

  int existingVariable() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    try (connection) {
      return connection.getNetworkTimeout();
    }
  }

  int finallyWithNullCheck() {
    Connection connection = null;
    try {
      // ok: java/jdbc-connection
      connection = source.getConnection();
      return connection.getNetworkTimeout();
    } catch (SQLException e) {
      return -1;
    } finally {
      closeQuietly(connection);
    }
  }

  int finallyThatThrowsFirst() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    PreparedStatement statement = null;
    try {
      // ok: java/jdbc-statement
      statement = connection.prepareStatement("SELECT 1");
      return statement.executeUpdate();
    } finally {
      if (statement != null) {
        statement.close();
      }
      connection.close();
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    if (closeable != null) {
      try {
        closeable.close();
      } catch (Exception e) {
        // Nothing to be done.
      }
    }
  }

  /** Two of one name: the one with two parameters closes nothing. */
  private static void end(Connection connection) throws SQLException {
    connection.close();
  }

  private static void end(Connection connection, String why) {
    System.out.println(why + connection);
  }

  void overloadThatCloses() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    end(connection);
  }

  void overloadThatDoesNot() throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = source.getConnection();
    end(connection, "done");
  }

  <R> R withConnection(Function<Connection, R> work) throws SQLException {
    // ok: java/jdbc-connection
    try (Connection connection = source.getConnection()) {
      return work.apply(connection);
    }
  }

  void inALambda(List<String> names) {
    names.forEach(name -> {
      try {
        // ruleid: java/jdbc-connection
        Connection connection = source.getConnection();
        connection.setCatalog(name);
      } catch (SQLException e) {
        e.printStackTrace();
      }
    });
  }

  void inALambdaSafely(List<String> names) {
    names.forEach(name -> {
      // ok: java/jdbc-connection
      try (Connection connection = source.getConnection()) {
        connection.setCatalog(name);
      } catch (SQLException e) {
        e.printStackTrace();
      }
    });
  }

  Runnable anonymous() {
    return new Runnable() {
      @Override
      public void run() {
        try {
          // ruleid: java/jdbc-connection
          Connection connection = source.getConnection();
          connection.setReadOnly(true);
        } catch (SQLException e) {
          e.printStackTrace();
        }
      }
    };
  }

  int retried() throws SQLException {
    for (int i = 0; i < 3; i++) {
      // ok: java/jdbc-connection
      Connection connection = source.getConnection();
      if (!connection.isClosed()) {
        try (connection) {
          return connection.getNetworkTimeout();
        }
      }
      connection.close();
    }
    return 0;
  }

  int overwritten() throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = source.getConnection();
    // ok: java/jdbc-connection
    connection = source.getConnection();
    try (Connection same = connection) {
      return same.getNetworkTimeout();
    }
  }

  int bySwitch(int kind) throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = source.getConnection();
    switch (kind) {
      case 1 -> connection.close();
      case 2 -> {
        connection.setReadOnly(true);
        connection.close();
      }
      default -> connection.setReadOnly(false);
    }
    return kind;
  }

  int byPattern(Object given) throws SQLException {
    if (given instanceof DataSource from) {
      // ruleid: java/jdbc-connection
      Connection connection = from.getConnection();
      return connection.getNetworkTimeout();
    }
    return 0;
  }

  int rows(Connection connection) throws SQLException {
    // ruleid: java/jdbc-statement
    PreparedStatement statement = connection.prepareStatement("SELECT 1");
    ResultSet rows = statement.executeQuery();
    return rows.next() ? rows.getInt(1) : 0;
  }

  int rowsWithTheStatement(Connection connection) throws SQLException {
    // ok: java/jdbc-statement
    try (PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
      // ok: java/jdbc-result-set
      ResultSet rows = statement.executeQuery();
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  int rowsWithTheConnection() throws SQLException {
    // ok: java/jdbc-connection
    try (Connection connection = source.getConnection()) {
      // ok: java/jdbc-statement
      PreparedStatement statement = connection.prepareStatement("SELECT 1");
      // ok: java/jdbc-result-set
      ResultSet rows = statement.executeQuery();
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  int inChain(Connection connection) throws SQLException {
    // ruleid: java/jdbc-statement
    ResultSet rows = connection.createStatement().executeQuery("SELECT 1");
    return rows.next() ? 1 : 0;
  }

  void doneWhile() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    int turns = 0;
    do {
      turns++;
    } while (!connection.isClosed() && turns < 3);
    connection.close();
  }

  void exits() throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    System.exit(connection.isClosed() ? 1 : 0);
  }

  void callback(Consumer<Connection> work) throws SQLException {
    // ok: java/jdbc-connection
    Connection connection = source.getConnection();
    work.accept(connection);
  }

  void labelled(List<Integer> ids) throws SQLException {
    outer:
    for (int id : ids) {
      // ruleid: java/jdbc-connection
      Connection connection = source.getConnection();
      for (int other : ids) {
        if (other == id) {
          continue outer;
        }
      }
      connection.close();
    }
  }
}
