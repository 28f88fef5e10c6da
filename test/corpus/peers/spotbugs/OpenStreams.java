// After SpotBugs' descriptions of its bugs ODR_*, OS_* and OBL_*: left open, left open when something is thrown, an obligation not met on some path.
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

public class OpenStreams {
    private Connection kept;

    int databaseLeftOpen(String url) throws SQLException {
        // ruleid: java/jdbc-connection
        Connection connection = DriverManager.getConnection(url);
        return connection.getTransactionIsolation();
    }

    int databaseLeftOpenWhenThrown(String url) throws SQLException {
        // ruleid: java/jdbc-connection
        Connection connection = DriverManager.getConnection(url);
        int level = connection.getTransactionIsolation();
        connection.close();
        return level;
    }

    int databaseClosed(String url) throws SQLException {
        // ok: java/jdbc-connection
        Connection connection = DriverManager.getConnection(url);
        try {
            return connection.getTransactionIsolation();
        } finally {
            connection.close();
        }
    }

    void databaseKept(String url) throws SQLException {
        // ok: java/jdbc-connection
        kept = DriverManager.getConnection(url);
    }

    Connection databaseHandedBack(String url) throws SQLException {
        // ok: java/jdbc-connection
        return DriverManager.getConnection(url);
    }

    int streamLeftOpen(String path) throws IOException {
        // ruleid: java/file-stream
        FileReader reader = new FileReader(path);
        return reader.read();
    }

    void streamLeftOpenWhenThrown(String path, byte[] bytes) throws IOException {
        // ruleid: java/file-stream
        OutputStream out = new FileOutputStream(path);
        out.write(bytes);
        out.close();
    }

    void streamClosed(String path, byte[] bytes) throws IOException {
        // ok: java/file-stream
        OutputStream out = new FileOutputStream(path);
        try {
            out.write(bytes);
        } finally {
            out.close();
        }
    }

    int closedOnOneBranch(String path, boolean wanted) throws IOException {
        // ruleid: java/file-stream
        InputStream in = new FileInputStream(path);
        if (wanted) {
            int first = in.read();
            in.close();
            return first;
        }
        return -1;
    }

    int closedOnBothBranches(String path, boolean wanted) throws IOException {
        // ok: java/file-stream
        InputStream in = new FileInputStream(path);
        if (wanted) {
            try {
                return in.read();
            } finally {
                in.close();
            }
        }
        in.close();
        return -1;
    }

    int statementNotClosed(Connection connection, String name) throws SQLException {
        // ruleid: java/jdbc-statement
        PreparedStatement statement = connection.prepareStatement("select id from users where name = ?");
        statement.setString(1, name);
        ResultSet rows = statement.executeQuery();
        return rows.next() ? rows.getInt(1) : -1;
    }

    int statementClosed(Connection connection, String name) throws SQLException {
        // ok: java/jdbc-statement
        try (PreparedStatement statement = connection.prepareStatement("select id from users where name = ?")) {
            statement.setString(1, name);
            // ok: java/jdbc-result-set
            ResultSet rows = statement.executeQuery();
            return rows.next() ? rows.getInt(1) : -1;
        }
    }

    private void write(OutputStream out) throws IOException {
        out.write(1);
    }

    void handedToAFunctionThatThrows(String path) throws IOException {
        // ruleid: java/file-stream
        OutputStream out = new FileOutputStream(path);
        write(out);
        out.flush();
        out.close();
    }
}
