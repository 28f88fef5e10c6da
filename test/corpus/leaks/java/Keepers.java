import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

class Keepers {
  private final DataSource source;

  Keepers(DataSource source) {
    this.source = source;
  }

  static class Unit implements AutoCloseable {
    private final Connection connection;

    Unit(DataSource source) throws SQLException {
      this.connection = source.getConnection();
    }

    void run(String text) throws SQLException {
      try (var statement = connection.createStatement()) {
        statement.execute(text);
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  void endedWhenAllGoesWell() throws SQLException {
    // ruleid: java/jdbc-connection
    Unit unit = new Unit(source);
    unit.run("delete from a");
    unit.close();
  }

  void neverEnded() throws SQLException {
    // ruleid: java/jdbc-connection
    Unit unit = new Unit(source);
    unit.run("delete from a");
  }

  void ended() throws SQLException {
    // ok: java/jdbc-connection
    try (Unit unit = new Unit(source)) {
      unit.run("delete from a");
    }
  }

  Unit givenOn() throws SQLException {
    // ok: java/jdbc-connection
    return new Unit(source);
  }
}
