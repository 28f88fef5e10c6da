// After PMD's page of CloseResource: connections, statements, result sets and streams, and the ways to close that its properties name.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

public class CloseResources {
    private final DataSource pool;

    CloseResources(DataSource pool) {
        this.pool = pool;
    }

    void finallyForgets() throws SQLException {
        // ruleid: java/jdbc-connection
        Connection connection = pool.getConnection();
        try {
            connection.setAutoCommit(false);
        } catch (SQLException problem) {
            System.err.println(problem);
        } finally {
            System.err.println("done");
        }
    }

    void finallyCloses() throws SQLException {
        // ok: java/jdbc-connection
        Connection connection = pool.getConnection();
        try {
            connection.setAutoCommit(false);
        } finally {
            connection.close();
        }
    }

    int streamForgotten(String path) throws IOException {
        // ruleid: java/file-stream
        InputStream file = new FileInputStream(path);
        try {
            return file.read();
        } finally {
            System.err.println("read");
        }
    }

    int streamInItsTry(String path) throws IOException {
        // ok: java/file-stream
        try (InputStream file = new FileInputStream(path)) {
            return file.read();
        }
    }

    void closeQuietly(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception problem) {
            System.err.println(problem);
        }
    }

    void closedByAFunction() throws SQLException {
        // ok: java/jdbc-connection
        Connection connection = pool.getConnection();
        try {
            connection.setReadOnly(true);
        } finally {
            closeQuietly(connection);
        }
    }

    void functionIsGivenAnother(Connection other) throws SQLException {
        // ruleid: java/jdbc-connection
        Connection connection = pool.getConnection();
        try {
            connection.setReadOnly(true);
        } finally {
            closeQuietly(other);
        }
    }

    void closedInTheMiddle() throws SQLException {
        // ruleid: java/jdbc-connection
        Connection connection = pool.getConnection();
        connection.setReadOnly(true);
        connection.close();
    }

    void statementAndResultForgotten(Connection connection) throws SQLException {
        // ruleid: java/jdbc-statement
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select 1");
        while (rows.next()) System.out.println(rows.getInt(1));
    }

    void statementAndResultInTheirTry(Connection connection) throws SQLException {
        // ok: java/jdbc-statement, java/jdbc-result-set
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("select 1")) {
            while (rows.next()) System.out.println(rows.getInt(1));
        }
    }

    Connection handedBack() throws SQLException {
        // ok: java/jdbc-connection
        Connection connection = pool.getConnection();
        return connection;
    }

    String inMemory(byte[] bytes) throws IOException {
        // ok: java/file-stream
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        in.transferTo(out);
        StringWriter writer = new StringWriter();
        new StringReader(out.toString()).transferTo(writer);
        return writer.toString();
    }

    String wrapped(String path) throws IOException {
        // ok: java/file-stream
        BufferedReader reader = new BufferedReader(new FileReader(path));
        try {
            return reader.readLine();
        } finally {
            reader.close();
        }
    }

    String wrappedAndForgotten(String path) throws IOException {
        // ruleid: java/file-stream
        BufferedReader reader = new BufferedReader(new FileReader(path));
        return reader.readLine();
    }

    void overwritten(String first, String second) throws IOException {
        // ruleid: java/file-stream
        InputStream file = new FileInputStream(first);
        // ok: java/file-stream
        file = new FileInputStream(second);
        try {
            file.read();
        } finally {
            file.close();
        }
    }
}
