package dev.millrace.transform.landing;

import dev.millrace.transform.landing.BadRowsException.BadRow;
import dev.millrace.transform.landing.row.Row;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the rows that PostgreSQL refuses, by halving: a few of them among thousands cost a few
 * dozen attempts, none of which leaves anything behind.
 */
final class Bisection {

    private final Connection connection;
    private final Write write;
    private final List<BadRow> found = new ArrayList<>();

    Bisection(Connection connection, Write write) {
        this.connection = connection;
        this.write = write;
    }

    /** Writes rows, all or none. */
    @FunctionalInterface
    interface Write {
        void write(List<Row> rows) throws SQLException;
    }

    /** The refused ones among rows that together were refused with an error. */
    List<BadRow> find(List<Row> rows, SQLException error) throws SQLException {
        halve(rows, error);
        return found;
    }

    private void halve(List<Row> rows, SQLException error) throws SQLException {
        if (rows.size() == 1) {
            found.add(new BadRow(rows.getFirst(), String.valueOf(error.getMessage())));
            return;
        }
        int half = rows.size() / 2;
        look(rows.subList(0, half));
        look(rows.subList(half, rows.size()));
    }

    private void look(List<Row> rows) throws SQLException {
        Savepoint before = connection.setSavepoint();
        SQLException refusal = null;
        try {
            write.write(rows);
        } catch (SQLException e) {
            if (!SqlErrors.isAboutData(e)) {
                throw e;
            }
            refusal = e;
        }
        connection.rollback(before);
        if (refusal != null) {
            halve(rows, refusal);
        }
    }
}
