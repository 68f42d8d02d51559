package dev.millrace.transform.run.artifact;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks PostgreSQL for what it knows of the relations in some schemas. */
final class CatalogQuery {

    private static final String COLUMNS =
            """
            SELECT n.nspname, c.relname,
              CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                             ELSE 'BASE TABLE' END,
              obj_description(c.oid, 'pg_class'), pg_get_userbyid(c.relowner),
              c.reltuples::bigint,
              CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) END,
              a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
              col_description(c.oid, a.attnum)
            FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
              JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE n.nspname = ANY (?) AND c.relpersistence IN ('p', 'u')
              AND c.relkind IN ('r', 'v', 'f', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY n.nspname, c.relname, a.attnum
            """;

    private final Connection connection;

    CatalogQuery(Connection connection) {
        this.connection = connection;
    }

    /** A relation by the names that the warehouse has for it. */
    record Key(String schema, String name) {}

    /**
     * A relation that is there.
     *
     * @param rows estimate of its rows; negative if nobody looked
     * @param bytes what it takes on disk; null for what takes nothing
     */
    record Found(
            Key key,
            String type,
            @Nullable String comment,
            String owner,
            long rows,
            @Nullable Long bytes,
            List<FoundColumn> columns) {}

    /** A column of a relation; the first has the number 1. */
    record FoundColumn(String name, int index, String type, @Nullable String comment) {}

    Map<Key, Found> in(Collection<String> schemas) throws SQLException {
        Map<Key, Found> found = new LinkedHashMap<>();
        Array names = connection.createArrayOf("text", schemas.toArray(String[]::new));
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setArray(1, names);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Key key = new Key(rows.getString(1), rows.getString(2));
                    Found relation = found.get(key);
                    if (relation == null) {
                        relation = relation(key, rows);
                        found.put(key, relation);
                    }
                    relation.columns()
                            .add(
                                    new FoundColumn(
                                            rows.getString(8),
                                            rows.getInt(9),
                                            rows.getString(10),
                                            rows.getString(11)));
                }
            }
        } finally {
            names.free();
        }
        return found;
    }

    private static Found relation(Key key, ResultSet row) throws SQLException {
        long bytes = row.getLong(7);
        Long size = row.wasNull() ? null : bytes;
        return new Found(
                key,
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getLong(6),
                size,
                new ArrayList<>());
    }
}
