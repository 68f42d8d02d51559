package dev.millrace.transform.landing;

import dev.millrace.transform.landing.BadRowsException.BadRow;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the rows that PostgreSQL refuses, by halving: a few of them among thousands cost a few
 * dozen attempts. What is welcome stays written while it looks, so that of two rows that only
 * refuse each other the later one is found.
 */
final class Bisection {

    private final Connection connection;
    private final Write write;
    private final List<BadRow> found = new ArrayList<>();

    private Bisection(Connection connection, Write write) {
        this.connection = connection;
        this.write = write;
    }

    /** Writes rows, all or none. */
    @FunctionalInterface
    interface Write {
        void write(List<Row> rows) throws SQLException;
    }

    /**
     * Writes rows, all of them.
     *
     * @throws BadRowsException with the rows that are refused for what is in them; the caller rolls
     *     back
     */
    static void write(Connection connection, Relation relation, List<Row> rows, Write write)
            throws SQLException, BadRowsException {
        Bisection bisection = new Bisection(connection, write);
        bisection.attempt(rows);
        if (!bisection.found.isEmpty()) {
            throw new BadRowsException(relation, bisection.found);
        }
    }

    private void attempt(List<Row> rows) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            write.write(rows);
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!SqlErrors.isAboutData(e)) {
                throw e;
            }
            connection.rollback(before);
            // Or else each attempt would be nested in all that failed before it.
            connection.releaseSavepoint(before);
            split(rows, e);
        }
    }

    private void split(List<Row> rows, SQLException refusal) throws SQLException {
        if (rows.size() == 1) {
            found.add(
                    new BadRow(
                            rows.getFirst(),
                            String.valueOf(refusal.getMessage()),
                            SqlErrors.constraint(refusal)));
            return;
        }
        int half = rows.size() / 2;
        attempt(rows.subList(0, half));
        attempt(rows.subList(half, rows.size()));
    }
}
