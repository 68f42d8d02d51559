package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.SqlStatement;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** Runs the statements of one request, in one transaction; may be stopped from outside. */
final class QueryRun {

    private static final int FETCH_SIZE = 2_000;

    private final Warehouse warehouse;
    private final JsonMapper json;
    private final int maxBytes;
    private @Nullable PreparedStatement running;
    private boolean stopped;

    QueryRun(Warehouse warehouse, JsonMapper json, int maxBytes) {
        this.warehouse = warehouse;
        this.json = json;
        this.maxBytes = maxBytes;
    }

    /** The rows of each query, in order. */
    List<ResultRows> run(QuerySet set, List<CompiledQuery> compiled) throws SQLException {
        List<ResultRows> results = new ArrayList<>();
        try (Connection connection = warehouse.connection()) {
            try {
                for (int i = 0; i < compiled.size(); i++) {
                    results.add(run(connection, set, set.queries().get(i), compiled.get(i)));
                }
            } finally {
                connection.rollback();
            }
        }
        return results;
    }

    private ResultRows run(
            Connection connection, QuerySet set, NormalizedQuery query, CompiledQuery compiled)
            throws SQLException {
        RowWriter writer = new RowWriter(json, set.type(), query, compiled.columns(), maxBytes);
        ResultRows rows;
        try (PreparedStatement statement = prepare(connection, compiled.statement());
                ResultSet result = statement.executeQuery()) {
            rows = writer.write(result, compiled.columns());
        } finally {
            began(null);
        }
        SqlStatement counting = compiled.total();
        if (counting == null) {
            return rows;
        }
        try (PreparedStatement statement = prepare(connection, counting);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return new ResultRows(rows.json(), rows.rows(), result.getLong(1));
        } finally {
            began(null);
        }
    }

    private PreparedStatement prepare(Connection connection, SqlStatement sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(ParameterText.toJdbc(sql.sql()));
        try {
            statement.setFetchSize(FETCH_SIZE);
            for (int i = 0; i < sql.values().size(); i++) {
                // Of no type: PostgreSQL takes it from what the value is compared with.
                statement.setObject(i + 1, sql.values().get(i), Types.OTHER);
            }
            began(statement);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private synchronized void began(@Nullable PreparedStatement statement) throws SQLException {
        if (stopped && statement != null) {
            throw new SQLException("nobody waits for the answer any more", "57014");
        }
        running = statement;
    }

    /** Makes an end of it, because nobody waits any more. */
    synchronized void stop() {
        stopped = true;
        PreparedStatement statement = running;
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                // The statement's own timeout ends it.
                running = null;
            }
        }
    }
}
