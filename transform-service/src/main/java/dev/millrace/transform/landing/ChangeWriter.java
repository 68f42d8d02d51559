package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Operation;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
     * A batch is of some thousand keys, which are looked up. By PostgreSQL's own costs it would
     * rather read the table or its index from end to end, at up to ten times the time: pages that
     * change all the time are in memory.
     */
    private static final String LOOK_KEYS_UP =
            "SET LOCAL random_page_cost = 0.1;"
                    + " SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashjoin = off";

    private final ChangeStaging staging = new ChangeStaging();

    /** How many rows changed in all parts of a batch that had to be written one by one. */
    private static final class Count {
        private long rows;
    }

    /**
     * Writes changes in the connection's transaction, and returns how many rows they changed.
     *
     * @param alone whether nobody may change the table at the same time, whatever the changes are
     * @throws BadRowsException if there are changes that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     * @throws SQLException {@linkplain SqlErrors#isOvertaken overtaken} if others wrote one of the
     *     rows at the same time; the caller then rolls back to where it was before, and does it
     *     again alone
     */
    long write(
            Connection connection, TablePlan plan, List<Row> changes, long loadedAt, boolean alone)
            throws SQLException, BadRowsException {
        Count count = new Count();
        Bisection.write(
                connection,
                plan.relation(),
                changes,
                some -> count.rows += apply(connection, plan, some, loadedAt, alone));
        return count.rows;
    }

    private long apply(
            Connection connection,
            TablePlan plan,
            List<Row> changes,
            long loadedAt,
            boolean alwaysAlone)
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
        boolean alone =
                alwaysAlone
                        || isHistory
                        || truncate != null
                        || reduced.stream().anyMatch(change -> change.delete() != null);
        // From here on others wait who change the table, and not before.
        Tombstones.lock(connection, plan.relation(), alone);
        if (truncate != null) {
            for (Row row : changes) {
                if (row.change().operation() == Operation.TRUNCATE) {
                    Tombstones.addTruncate(connection, plan.relation(), row, isHistory, loadedAt);
                }
            }
        }
        Tombstones.Known before = Tombstones.find(connection, plan.relation());
        long changed;
        try {
            changed =
                    isHistory
                            ? new Versions(connection, plan.relation(), columns)
                                    .write(reduced, truncate)
                            : new KeyedRows(connection, plan.relation(), kind, columns, before)
                                    .write(reduced, open, truncate);
        } catch (SQLException e) {
            if (!alone && SqlErrors.isDuplicate(e)) {
                // A key that others have just inserted, to which a MERGE is blind.
                throw new SQLException(e.getMessage(), SqlErrors.OVERTAKEN, e);
            }
            throw e;
        }
        ChangeStaging.drop(connection);
        if (width(connection, plan.relation()) != plan.width()) {
            throw new SQLException(
                    plan.relation() + " got or lost a column meanwhile", SqlErrors.NO_COLUMN);
        }
        return changed;
    }

    /**
     * How many columns the table has. Of one that came since it was planned with, a change would
     * not know that it is null in it. To be asked once the table was written to, as that keeps it
     * as it is until the transaction ends.
     */
    private static int width(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement(
                        """
                        SELECT count(*) FROM pg_attribute
                        WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
                        """)) {
            count.setString(1, relation.quoted());
            try (ResultSet columns = count.executeQuery()) {
                columns.next();
                return columns.getInt(1);
            }
        }
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
