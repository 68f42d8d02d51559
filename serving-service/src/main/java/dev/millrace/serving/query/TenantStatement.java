package dev.millrace.serving.query;

import dev.millrace.serving.semantic.SqlStatement;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;

/**
 * A query with the token that says whose rows it may see. Both go to the server in one round trip,
 * and the token is forgotten with the transaction, however that ends.
 */
final class TenantStatement implements AutoCloseable {

    /** The driver sends what stands before the semicolon as a statement of its own. */
    private static final String TOKEN = "SELECT set_config('millrace.tenant_token', ?, true); ";

    private final PreparedStatement statement;

    TenantStatement(Connection connection, SqlStatement sql, String token) throws SQLException {
        this.statement = connection.prepareStatement(TOKEN + ParameterText.toJdbc(sql.sql()));
        try {
            statement.setString(1, token);
            List<String> values = sql.values();
            for (int i = 0; i < values.size(); i++) {
                // Of no type: PostgreSQL takes it from what the value is compared with.
                statement.setObject(i + 2, values.get(i), Types.OTHER);
            }
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    /** Says whose rows the connection sees until its transaction ends. */
    static void see(Connection connection, String token) throws SQLException {
        try (PreparedStatement seeing =
                connection.prepareStatement(
                        "SELECT set_config('millrace.tenant_token', ?, true)")) {
            seeing.setString(1, token);
            seeing.execute();
        }
    }

    void fetchSize(int rows) throws SQLException {
        statement.setFetchSize(rows);
    }

    void timeout(int seconds) throws SQLException {
        statement.setQueryTimeout(seconds);
    }

    void cancel() throws SQLException {
        statement.cancel();
    }

    ResultSet execute() throws SQLException {
        statement.execute();
        if (!statement.getMoreResults()) {
            throw new SQLException("the query has no result", "02000");
        }
        ResultSet result = statement.getResultSet();
        if (statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)
                || statement.getUpdateCount() != -1) {
            throw new SQLException("the query is more than one statement", "42601");
        }
        return result;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
