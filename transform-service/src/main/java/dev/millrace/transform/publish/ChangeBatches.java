package dev.millrace.transform.publish;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes down which rows a transaction changed, for relations that somebody follows. Others cost a
 * look at a small table.
 */
public final class ChangeBatches {

    /** The channel on which PostgreSQL tells that there are more of them. */
    public static final String CHANNEL = "millrace_change";

    private ChangeBatches() {}

    /**
     * What was changed in a relation.
     *
     * @param rows rows that were added
     * @param earliest the earliest event time among them
     * @param keys of rows that changed or went; null if rows are only added, or it is not known
     * @param ids of rows that were added
     */
    public record Rows(
            RelationName relation,
            long rows,
            @Nullable Instant earliest,
            @Nullable Instant latest,
            @Nullable List<String> keys,
            List<String> ids) {

        /** The same of rows whose identities nobody needs. */
        public Rows(
                RelationName relation,
                long rows,
                @Nullable Instant earliest,
                @Nullable Instant latest,
                @Nullable List<String> keys) {
            this(relation, rows, earliest, latest, keys, List.of());
        }
    }

    /**
     * Notes what was changed in those of the relations that somebody follows. To be called after
     * the changes got their {@linkplain Datasets#changed versions}, and in the same transaction: so
     * nobody who began to follow a relation before can miss any.
     *
     * @param loadedAt the moment that rows of this transaction have
     * @param rows what was changed; asked only if somebody follows one of the relations
     */
    public static void note(
            Connection connection,
            List<DatasetChanged> told,
            Instant loadedAt,
            Supplier<List<Rows>> rows)
            throws SQLException {
        if (told.isEmpty()) {
            return;
        }
        Set<String> followed = followed(connection, told);
        if (followed.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        WITH noted AS (
                          INSERT INTO transform.change_batch (relation, version, table_oid,
                            loaded_at, rows, earliest_event_at, latest_event_at, keys)
                          SELECT ?, ?, to_regclass(?), ?::timestamptz, ?, ?::timestamptz,
                            ?::timestamptz, ?::text[])
                        SELECT pg_notify('%s', ?), EXISTS (SELECT FROM transform.change_batch o
                          WHERE o.relation = ? AND o.loaded_at = ?::timestamptz)
                        """
                                .formatted(CHANNEL))) {
            for (Rows changed : rows.get()) {
                String relation = changed.relation().toString();
                if (followed.contains(relation)) {
                    set(connection, insert, changed, version(told, relation), loadedAt);
                    if (isShared(insert) && !changed.ids().isEmpty()) {
                        tellApart(connection, changed, version(told, relation));
                    }
                }
            }
        }
    }

    /**
     * Notes that versions changed no row, as those that only tell of checks: who follows the
     * relations need not look for what changed.
     */
    public static void noteNothing(Connection connection, List<DatasetChanged> told, Instant at)
            throws SQLException {
        Set<String> keyed = told.isEmpty() ? Set.of() : keyed(connection, told);
        note(
                connection,
                told,
                at,
                () -> told.stream().map(event -> nothing(event.relation(), keyed)).toList());
    }

    private static Rows nothing(String relation, Set<String> keyed) {
        int dot = relation.indexOf('.');
        return new Rows(
                new RelationName(relation.substring(0, dot), relation.substring(dot + 1)),
                0,
                null,
                null,
                keyed.contains(relation) ? List.of() : null);
    }

    /** Those whose batches tell the keys of what changed. */
    private static Set<String> keyed(Connection connection, List<DatasetChanged> told)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT n.nspname || '.' || c.relname FROM pg_class c
                          JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname || '.' || c.relname = ANY (?::text[]) AND EXISTS (
                          SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                            AND a.attname IN ('_mr_position', '_mr_column_at', '_mr_valid_from'))
                        """)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", told.stream().map(DatasetChanged::relation).toArray()));
            Set<String> keyed = new HashSet<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    keyed.add(found.getString(1));
                }
            }
            return keyed;
        }
    }

    /** Adds the batch, and tells whether there is another one of the same moment. */
    private static boolean isShared(PreparedStatement insert) throws SQLException {
        try (ResultSet row = insert.executeQuery()) {
            return row.next() && row.getBoolean(2);
        }
    }

    /** Names the rows of a batch that its moment does not tell from those of another. */
    private static void tellApart(Connection connection, Rows changed, long version)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.change_batch SET ids = ?::text[]
                        WHERE relation = ? AND version = ?
                        """)) {
            update.setArray(1, connection.createArrayOf("text", changed.ids().toArray()));
            update.setString(2, changed.relation().toString());
            update.setLong(3, version);
            update.executeUpdate();
        }
    }

    private static Set<String> followed(Connection connection, List<DatasetChanged> told)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT relation FROM transform.live_input WHERE relation = ANY (?::text[])
                        UNION SELECT relation FROM transform.feed WHERE relation = ANY (?::text[])
                        """)) {
            Array relations =
                    connection.createArrayOf(
                            "text", told.stream().map(DatasetChanged::relation).toArray());
            select.setArray(1, relations);
            select.setArray(2, relations);
            Set<String> followed = new HashSet<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    followed.add(found.getString(1));
                }
            }
            return followed;
        }
    }

    private static long version(List<DatasetChanged> told, String relation) {
        return told.stream()
                .filter(event -> event.relation().equals(relation))
                .findFirst()
                .orElseThrow()
                .version();
    }

    private static void set(
            Connection connection,
            PreparedStatement insert,
            Rows changed,
            long version,
            Instant loadedAt)
            throws SQLException {
        List<String> keys = changed.keys();
        insert.setString(1, changed.relation().toString());
        insert.setLong(2, version);
        insert.setString(3, changed.relation().quoted());
        insert.setString(4, loadedAt.toString());
        insert.setLong(5, changed.rows());
        insert.setString(6, text(changed.earliest()));
        insert.setString(7, text(changed.latest()));
        insert.setArray(8, keys == null ? null : connection.createArrayOf("text", keys.toArray()));
        insert.setString(9, changed.relation().toString());
        insert.setString(10, changed.relation().toString());
        insert.setString(11, loadedAt.toString());
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }
}
