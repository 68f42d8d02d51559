package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds rows to a table, each identity once. Rows are expected to be new and are copied straight in.
 * If one is not, or was not lately, the identities that are there already are looked up first; only
 * when another lander gets ahead with one of the others, the rows go by way of a staging table and
 * {@code ON CONFLICT DO NOTHING}.
 */
final class AppendingWriter {

    /** For so many batches after a duplicate a table's identities are looked up first. */
    private static final int WARY_BATCHES = 50;

    private final CopyWriter copying = new CopyWriter();
    private final Map<Relation, Integer> wariness = new HashMap<>();

    /**
     * What became of the rows.
     *
     * @param records the records whose rows were new, by their place in the poll
     */
    record Written(BitSet records, long rows, long duplicates) {}

    /**
     * Writes rows in the connection's transaction.
     *
     * @throws BadRowsException if there are rows that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     */
    Written write(Connection connection, TablePlan plan, List<Row> arrived, long loadedAt)
            throws SQLException, BadRowsException {
        List<Row> rows = distinct(arrived);
        int wary = wariness.getOrDefault(plan.relation(), 0);
        if (wary > 0) {
            wariness.put(plan.relation(), wary - 1);
            rows = withoutKnown(connection, plan.relation(), rows);
        }
        Copied copied = tryCopy(connection, plan, rows, loadedAt);
        if (copied == Copied.NONE_AS_ONE_IS_THERE) {
            wariness.put(plan.relation(), WARY_BATCHES);
            rows = withoutKnown(connection, plan.relation(), rows);
            copied = tryCopy(connection, plan, rows, loadedAt);
        }
        if (copied != Copied.ALL) {
            Set<String> fresh = copyNew(connection, plan, rows, loadedAt);
            rows = rows.stream().filter(row -> fresh.contains(row.id())).toList();
        }
        BitSet records = new BitSet();
        rows.forEach(row -> records.set(row.record()));
        return new Written(records, rows.size(), arrived.size() - rows.size());
    }

    private enum Copied {
        ALL,
        NONE_AS_ONE_IS_THERE,
        NONE_AS_ONE_IS_BAD
    }

    private Copied tryCopy(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
        if (rows.isEmpty()) {
            return Copied.ALL;
        }
        Savepoint before = connection.setSavepoint();
        try {
            copying.copy(connection, plan, rows, loadedAt);
            connection.releaseSavepoint(before);
            return Copied.ALL;
        } catch (SQLException e) {
            if (!SqlErrors.isAboutData(e)) {
                throw e;
            }
            connection.rollback(before);
            connection.releaseSavepoint(before);
            return SqlErrors.isDuplicate(e)
                    ? Copied.NONE_AS_ONE_IS_THERE
                    : Copied.NONE_AS_ONE_IS_BAD;
        }
    }

    /** Copies the rows that are new, and returns their identities; finds out which are bad. */
    private Set<String> copyNew(
            Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException, BadRowsException {
        Set<String> fresh = new HashSet<>();
        Bisection.write(
                connection,
                plan.relation(),
                rows,
                some -> fresh.addAll(copying.copyNew(connection, plan, some, loadedAt)));
        return fresh;
    }

    /**
     * The rows in the order of identities, each once, the first of those that are the same. All
     * landers write in this order, and so never wait for each other in a circle.
     */
    private static List<Row> distinct(List<Row> arrived) {
        List<Row> sorted = new ArrayList<>(arrived);
        sorted.sort(Comparator.comparing(Row::id));
        List<Row> distinct = new ArrayList<>(sorted.size());
        String last = null;
        for (Row row : sorted) {
            if (!row.id().equals(last)) {
                distinct.add(row);
                last = row.id();
            }
        }
        return distinct;
    }

    private static List<Row> withoutKnown(Connection connection, Relation relation, List<Row> rows)
            throws SQLException {
        Set<String> known = new HashSet<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT %1$s FROM %2$s WHERE %1$s = ANY (?::text[])"
                                .formatted(Relation.quote(RowColumns.ID), relation.quoted()))) {
            select.setArray(
                    1, connection.createArrayOf("text", rows.stream().map(Row::id).toArray()));
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    known.add(found.getString(1));
                }
            }
        }
        return known.isEmpty()
                ? rows
                : rows.stream().filter(row -> !known.contains(row.id())).toList();
    }
}
