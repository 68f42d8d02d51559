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

    /**
     * As {@code information_schema.columns} has them, which takes ten times as long to ask and
     * knows no materialized views.
     */
    private static final String COLUMNS =
            """
            SELECT a.attname, format_type(d.type, NULL),
              d.type::bigint, d.modifier
            FROM pg_class c
              JOIN pg_attribute a ON a.attrelid = c.oid
              JOIN pg_type t ON t.oid = a.atttypid
              CROSS JOIN LATERAL (
                SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END,
                       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)
                AS d (type, modifier)
            WHERE c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped AND
            """;

    private static final String IN_SCHEMA =
            "c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?)";

    /** A temporary table has no schema that anybody could name. */
    private static final String VISIBLE = "pg_table_is_visible(c.oid)";

    private static final String IN_ORDER = " ORDER BY a.attnum";

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
        List<List<@Nullable Object>> rows =
                schema.isEmpty()
                        ? query(COLUMNS + VISIBLE + IN_ORDER, identifier)
                        : query(COLUMNS + IN_SCHEMA + IN_ORDER, identifier, schema);
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
        TypeModifier type = new TypeModifier(number(row.get(2)), (int) number(row.get(3)));
        return new ColumnValue(
                String.valueOf(row.get(0)),
                String.valueOf(row.get(1)).toLowerCase(Locale.ROOT),
                type.length(),
                type.precision(),
                type.scale());
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private List<List<@Nullable Object>> query(String sql, Object... parameters) {
        try {
            return warehouse.rows(sql, parameters);
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }
}
