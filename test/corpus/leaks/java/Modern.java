package shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

class Modern {
  int switched(DataSource source, Object order) throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = source.getConnection();
    return switch (order) {
      case Integer n when n > 3 -> {
        connection.close();
        yield 3;
      }
      case String s -> 4;
      default -> {
        connection.close();
        yield 5;
      }
    };
  }

  int switchedWell(DataSource source, Object order) throws SQLException {
    // ok: java/jdbc-connection
    try (Connection connection = source.getConnection()) {
      return switch (order) {
        case Integer n when n > 3 -> 3;
        case String s -> 4;
        default -> 5;
      };
    }
  }

  void virtual(DataSource source) {
    Thread.startVirtualThread(() -> {
      try {
        // ruleid: java/jdbc-connection
        Connection connection = source.getConnection();
        if (connection.isReadOnly()) return;
        connection.close();
      } catch (SQLException e) {
        System.err.println(e);
      }
    });
    // ok: java/executor-not-shut-down
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(() -> 1);
    }
  }

  record Reader(DataSource source) {
    String first() throws SQLException {
      // ruleid: java/jdbc-connection
      Connection connection = source.getConnection();
      try (var statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
      return "first";
    }

    String firstWell() throws SQLException {
      // ok: java/jdbc-connection
      try (var connection = source.getConnection(); var statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
      return "first";
    }
  }
}
