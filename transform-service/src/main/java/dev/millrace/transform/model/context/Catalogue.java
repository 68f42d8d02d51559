package dev.millrace.transform.model.context;

import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What templates ask of PostgreSQL's own tables. */
final class Catalogue {

    private static final String RELATIONS =
            """
            SELECT c.relname, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized_view'
                                             ELSE 'table' END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            """;
    private static final String COLUMNS =
            """
            SELECT column_name,
              CASE WHEN data_type IN ('ARRAY', 'USER-DEFINED')
                   THEN format('%I.%I', udt_schema, udt_name)::regtype::text
                   ELSE data_type END,
              character_maximum_length, numeric_precision, numeric_scale
            FROM information_schema.columns WHERE table_schema = ? AND table_name = ?
            ORDER BY ordinal_position
            """;

    /** The views of {@code information_schema} know no materialized views. */
    private static final String COLUMNS_OF_ANY =
            """
            SELECT a.attname, format_type(a.atttypid, NULL),
              CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
              CASE WHEN a.atttypid = 1700 AND a.atttypmod >= 4
                   THEN ((a.atttypmod - 4) >> 16) & 65535 END,
              CASE WHEN a.atttypid = 1700 AND a.atttypmod >= 4 THEN (a.atttypmod - 4) & 65535 END
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    /** A temporary table has no schema that anybody could name. */
    private static final String COLUMNS_OF_TEMPORARY =
            COLUMNS_OF_ANY.replace(
                    "n.nspname = ? AND c.relname = ?",
                    "c.relname = ? AND pg_table_is_visible(c.oid)");

    private final Warehouse warehouse;
    private final String database;

    Catalogue(Warehouse warehouse, String database) {
        this.warehouse = warehouse;
        this.database = database;
    }

    /** A relation that is there, with its type. */
    Optional<Relation> find(String schema, String identifier) {
        return query(RELATIONS + " AND c.relname = ?", schema, identifier).stream()
                .map(row -> relation(schema, row))
                .findFirst();
    }

    List<Relation> in(String schema) {
        return query(RELATIONS + " ORDER BY c.relname", schema).stream()
                .map(row -> relation(schema, row))
                .toList();
    }

    List<String> schemas() {
        return query("SELECT nspname FROM pg_namespace ORDER BY 1").stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }

    boolean hasSchema(String schema) {
        return !query("SELECT 1 FROM pg_namespace WHERE nspname = ?", schema).isEmpty();
    }

    List<ColumnValue> columns(Relation relation) {
        String schema = relation.name().schema();
        String identifier = relation.name().name();
        if (schema.isEmpty()) {
            return query(COLUMNS_OF_TEMPORARY, identifier).stream().map(Catalogue::column).toList();
        }
        List<List<@Nullable Object>> rows = query(COLUMNS, schema, identifier);
        if (rows.isEmpty()) {
            rows = query(COLUMNS_OF_ANY, schema, identifier);
        }
        return rows.stream().map(Catalogue::column).toList();
    }

    private Relation relation(String schema, List<@Nullable Object> row) {
        return new Relation(
                database,
                schema,
                String.valueOf(row.get(0)),
                Quoting.ALL,
                String.valueOf(row.get(1)),
                null);
    }

    private static ColumnValue column(List<@Nullable Object> row) {
        return new ColumnValue(
                String.valueOf(row.get(0)),
                String.valueOf(row.get(1)).toLowerCase(Locale.ROOT),
                number(row.get(2)),
                number(row.get(3)),
                number(row.get(4)));
    }

    private static @Nullable Long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : null;
    }

    private List<List<@Nullable Object>> query(String sql, Object... parameters) {
        try {
            return warehouse.rows(sql, parameters);
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }
}
