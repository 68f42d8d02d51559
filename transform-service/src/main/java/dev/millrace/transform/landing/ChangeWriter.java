package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Operation;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.List;

/**
 * Writes changes: what they say of each key is brought together in memory, copied into a table of
 * the moment, and merged from there by one statement.
 */
final class ChangeWriter {

    /**
     * A batch is of a few thousand keys. By PostgreSQL's own costs it would rather read the whole
     * table than look so many of them up, up to some ten times the time that this takes: pages that
     * change all the time are in memory.
     */
    private static final String LOOK_KEYS_UP = "SET LOCAL random_page_cost = 0.1";

    private final ChangeStaging staging = new ChangeStaging();

    /** How many rows changed in all parts of a batch that had to be written one by one. */
    private static final class Count {
        private long rows;
    }

    /**
     * Writes changes in the connection's transaction, and returns how many rows they changed.
     *
     * @throws BadRowsException if there are changes that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     */
    long write(Connection connection, TablePlan plan, List<Row> changes, long loadedAt)
            throws SQLException, BadRowsException {
        Count count = new Count();
        Bisection.write(
                connection,
                plan.relation(),
                changes,
                some -> count.rows += apply(connection, plan, some, loadedAt));
        return count.rows;
    }

    private long apply(Connection connection, TablePlan plan, List<Row> changes, long loadedAt)
            throws SQLException {
        TableKind kind = plan.batch().kind();
        Row truncate = truncate(changes);
        boolean isHistory = kind == TableKind.VERSIONED;
        List<Row> ofKeys =
                truncate == null
                        ? changes
                        : changes.stream()
                                .filter(row -> row.change().operation() != Operation.TRUNCATE)
                                .toList();
        ChangeColumns columns = new ChangeColumns(plan, ofKeys);
        List<KeyChange> reduced =
                switch (kind) {
                    case VERSIONED -> KeyChange.versions(ofKeys, columns);
                    case KEYED_SOFTLY -> KeyChange.marking(ofKeys, columns);
                    default ->
                            KeyChange.removing(
                                    ofKeys,
                                    columns,
                                    truncate == null ? null : truncate.change().position());
                };
        BitSet open = staging.fill(connection, columns, reduced, isHistory, loadedAt);
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOOK_KEYS_UP);
        }
        // From here on others wait who change the table, and not before.
        Tombstones.lock(connection, plan.relation());
        if (truncate != null) {
            for (Row row : changes) {
                if (row.change().operation() == Operation.TRUNCATE) {
                    Tombstones.addTruncate(connection, plan.relation(), row, isHistory, loadedAt);
                }
            }
        }
        Tombstones.Known before = Tombstones.find(connection, plan.relation());
        long changed =
                isHistory
                        ? new Versions(connection, plan.relation(), columns)
                                .write(reduced, truncate)
                        : new KeyedRows(connection, plan.relation(), kind, columns, before)
                                .write(reduced, open, truncate);
        ChangeStaging.drop(connection);
        return changed;
    }

    private static @Nullable Row truncate(List<Row> changes) {
        Row newest = null;
        for (Row row : changes) {
            if (row.change().operation() == Operation.TRUNCATE
                    && (newest == null
                            || row.change().position().compareTo(newest.change().position()) > 0)) {
                newest = row;
            }
        }
        return newest;
    }
}
