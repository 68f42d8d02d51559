package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.RowColumns;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A relation as the transaction sees it.
 *
 * @param file its storage, which is another one when it is written anew
 * @param kind of relation, as PostgreSQL's catalog has it
 * @param isSeparated whether readers see rows by tenant
 * @param version counted by who writes it; 0 if nothing was written yet
 * @param changedAt when it got this version
 * @param isFollowed whether each of its changes is written down
 * @param hasKey whether there is one row for each key, so that rows change and go
 * @param blocks how large it is
 */
record FeedTable(
        RelationName name,
        long oid,
        long file,
        String kind,
        boolean isSeparated,
        long version,
        @Nullable String changedAt,
        boolean isFollowed,
        List<String> columns,
        boolean hasKey,
        long blocks) {

    private static final String LOOK =
            """
            SELECT c.oid::bigint, c.relfilenode::bigint, c.relkind::text, c.relrowsecurity,
              coalesce(v.version, 0), to_json(v.changed_at) #>> '{}', f.relation IS NOT NULL,
              (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
              EXISTS (SELECT FROM pg_index i JOIN pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1
                  AND i.indpred IS NULL AND a.attname = ?),
              CASE c.relkind WHEN 'r'
                THEN pg_relation_size(c.oid) / current_setting('block_size')::bigint ELSE 0 END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN transform.freshness v ON v.relation = (n.nspname || '.' || c.relname) COLLATE "default"
              LEFT JOIN transform.feeds f ON f.relation = (n.nspname || '.' || c.relname) COLLATE "default"
            WHERE n.nspname = ? AND c.relname = ?
            """;

    /** How landing writes the table. */
    enum Form {
        /** Rows are added and stay as they are. */
        APPENDED,
        /** There is a row for each key, which changes and goes. */
        KEYED,
        /** It is only known that something has changed. */
        OTHER
    }

    static Optional<FeedTable> look(Connection connection, RelationName name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOOK)) {
            select.setString(1, RowColumns.ID);
            select.setString(2, name.schema());
            select.setString(3, name.name());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        new FeedTable(
                                name,
                                row.getLong(1),
                                row.getLong(2),
                                row.getString(3),
                                row.getBoolean(4),
                                row.getLong(5),
                                row.getString(6),
                                row.getBoolean(7),
                                List.of((String[]) row.getArray(8).getArray()),
                                row.getBoolean(9),
                                row.getLong(10)));
            }
        }
    }

    /** Whether it has rows of its own. */
    boolean isTable() {
        return kind.equals("r") || isParted();
    }

    boolean isParted() {
        return kind.equals("p");
    }

    boolean has(String column) {
        return columns.contains(column);
    }

    Form form() {
        // A history has a row for each version of a key; a load replaces all rows by others.
        if (!has(RowColumns.ID)
                || !has(RowColumns.LOADED_AT)
                || has(RowColumns.PREFIX + "valid_from")
                || has(RowColumns.PREFIX + "load")) {
            return Form.OTHER;
        }
        return hasKey ? Form.KEYED : Form.APPENDED;
    }

    /** Rows of this table may be marked as gone instead of going. */
    boolean isMarked() {
        return form() == Form.KEYED && has(RowColumns.PREFIX + "deleted_at");
    }

    /** A place before its first row. */
    Cursor beginning() {
        return new Cursor(name.toString(), oid, Cursor.Snapshot.from(file, version));
    }

    /** A place behind all that was until now. */
    Cursor end() {
        return new Cursor(name.toString(), oid, Cursor.Changes.after(version));
    }
}
