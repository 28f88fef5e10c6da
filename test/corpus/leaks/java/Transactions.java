package shop.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.Transaction;

class Transactions {
  private final DataSource source;
  private boolean strict;

  Transactions(DataSource source) {
    this.source = source;
  }

  void early(Connection connection, int amount) throws SQLException {
    // ruleid: java/jdbc-transaction
    connection.setAutoCommit(false);
    if (amount == 0) {
      return;
    }
    connection.commit();
  }

  void conditional(Connection connection, int amount) throws SQLException {
    if (strict) {
      // ok: java/jdbc-transaction
      connection.setAutoCommit(false);
    }
    System.out.println(connection.isClosed());
    if (strict) {
      connection.commit();
    }
  }

  void undone(Connection connection) throws SQLException {
    boolean done = false;
    // ok: java/jdbc-transaction
    connection.setAutoCommit(false);
    try {
      connection.setReadOnly(false);
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
    }
  }

  void raised(Connection connection) throws SQLException {
    // ruleid: java/jdbc-transaction
    connection.setAutoCommit(false);
    connection.setReadOnly(false);
    connection.commit();
  }

  /** Runs the work in a transaction, whatever it does. */
  <T> T inTransaction(Connection connection, Callable<T> work) throws Exception {
    // ok: java/jdbc-transaction
    connection.setAutoCommit(false);
    try {
      T result = work.call();
      connection.commit();
      return result;
    } catch (Exception e) {
      connection.rollback();
      throw e;
    }
  }

  void begun(Connection connection) throws SQLException {
    begin(connection);
    connection.commit();
  }

  private void begin(Connection connection) throws SQLException {
    // ok: java/jdbc-transaction
    connection.setAutoCommit(false);
  }

  void begunAndLost(int amount) throws SQLException {
    // ruleid: java/jdbc-connection
    Connection connection = source.getConnection();
    try {
      // ruleid: java/jdbc-transaction
      begin(connection);
      if (amount < 0) {
        throw new IllegalArgumentException("amount");
      }
      connection.commit();
    } finally {
      System.out.println("done");
    }
    connection.close();
  }

  void hibernate(Session session, Object item) {
    // ok: java/hibernate-transaction
    Transaction transaction = session.beginTransaction();
    try {
      session.persist(item);
      transaction.commit();
    } catch (RuntimeException e) {
      if (transaction != null && transaction.isActive()) {
        transaction.rollback();
      }
      throw e;
    }
  }

  void hibernateLost(Session session, Object item) {
    // ruleid: java/hibernate-transaction
    session.getTransaction().begin();
    if (item == null) {
      return;
    }
    session.persist(item);
    session.getTransaction().commit();
  }
}
