package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.Written;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keeps one row for each identity, whose columns each have the value that happened last. A late
 * record fills what newer ones say nothing of, and overwrites nothing that is newer. Of two values
 * that happened at the same moment, the one that landed later stays.
 */
final class MergingWriter {

    private static final String NEVER = "(-9223372036854775808)";

    /** What has no column is merged key by key, as columns are. */
    private static final String NEWEST_EXTRA =
            """
            ,
              _mr_extra = nullif(coalesce(t._mr_extra, '{}') || coalesce((
                SELECT jsonb_object_agg(e.key, e.value)
                FROM jsonb_each(EXCLUDED._mr_extra) e
                WHERE (EXCLUDED._mr_column_at ->> e.key)::bigint
                  >= coalesce((t._mr_column_at ->> e.key)::bigint, %1$s)),
                '{}'), '{}')\
            """
                    .formatted(NEVER);

    /** A value, and when it happened. */
    private record Dated(Object value, long at) {}

    /** What a batch says of one identity. */
    private static final class Merged {
        private final Map<Integer, Dated> bySlot = new HashMap<>();
        private long eventAt = Long.MIN_VALUE;
        private long ingestedAt = Long.MIN_VALUE;

        void add(Row row) {
            eventAt = Math.max(eventAt, row.eventAt());
            ingestedAt = Math.max(ingestedAt, row.ingestedAt());
            for (int i = 0; i < row.size(); i++) {
                Dated dated = new Dated(row.value(i), row.eventAt());
                bySlot.merge(row.slot(i), dated, (old, now) -> now.at() >= old.at() ? now : old);
            }
        }
    }

    /**
     * Writes rows in the connection's transaction, and returns how many identities they are of.
     *
     * @throws BadRowsException if there are rows that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     */
    long write(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException, BadRowsException {
        if (rows.isEmpty()) {
            return 0;
        }
        Bisection.write(
                connection, plan.relation(), rows, some -> merge(connection, plan, some, loadedAt));
        return rows.stream().map(Row::id).distinct().count();
    }

    private static void merge(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
        Map<String, Merged> byId = new TreeMap<>();
        rows.forEach(row -> byId.computeIfAbsent(row.id(), _ -> new Merged()).add(row));
        List<Placement.Column> columns = allColumns(plan);
        Bytes json = new Bytes(64 << 10);
        json.addByte('[');
        byId.forEach((id, merged) -> add(json, plan, id, merged, loadedAt));
        json.addByte(']');
        try (PreparedStatement upsert = connection.prepareStatement(upsert(plan, columns))) {
            upsert.setString(1, new String(json.array(), 0, json.size(), StandardCharsets.UTF_8));
            upsert.executeUpdate();
        }
    }

    private static List<Placement.Column> allColumns(TablePlan plan) {
        List<Placement.Column> columns = new ArrayList<>();
        for (int slot = 0; slot < plan.batch().slots().size(); slot++) {
            if (!plan.batch().slots().get(slot).types().isEmpty()) {
                columns.addAll(plan.siblings(slot));
            }
        }
        return columns.stream().distinct().toList();
    }

    private static void add(Bytes json, TablePlan plan, String id, Merged merged, long loadedAt) {
        json.addUtf8(json.size() == 1 ? "{" : ",{");
        member(json, RowColumns.ID, id);
        json.addByte(',');
        member(json, RowColumns.EVENT_AT, Times.sql(merged.eventAt));
        json.addByte(',');
        member(json, RowColumns.INGESTED_AT, Times.sql(merged.ingestedAt));
        json.addByte(',');
        member(json, RowColumns.LOADED_AT, Times.sql(loadedAt));
        Bytes times = new Bytes(256);
        Bytes extra = new Bytes(64);
        merged.bySlot.forEach(
                (slot, dated) -> {
                    switch (plan.placement(slot, dated.value())) {
                        case Placement.Column column -> {
                            json.addByte(',');
                            value(json, column, dated.value());
                            // The same member's older value in a column of another type is over.
                            plan.siblings(slot)
                                    .forEach(sibling -> time(times, sibling.name(), dated.at()));
                        }
                        case Placement.Extra(String name) -> {
                            JsonText.member(extra, name, dated.value());
                            time(times, name, dated.at());
                        }
                        case Placement.Refused _ -> {}
                    }
                });
        if (extra.size() > 0) {
            json.addByte(',');
            JsonText.string(json, Table.EXTRA);
            json.addByte(':');
            json.add(extra.toByteArray());
            json.addByte('}');
        }
        json.addByte(',');
        JsonText.string(json, Table.COLUMN_AT);
        json.addUtf8(":{");
        json.add(times.toByteArray());
        json.addUtf8("}}");
    }

    private static void member(Bytes json, String name, String value) {
        JsonText.string(json, name);
        json.addByte(':');
        JsonText.string(json, value);
    }

    /** A member of a JSON object from which PostgreSQL reads the column's value exactly. */
    static void value(Bytes json, Placement.Column column, Object value) {
        JsonText.string(json, column.name());
        json.addByte(':');
        switch (column.type()) {
            // Of 1.0 it would not.
            case BIGINT ->
                    JsonText.value(
                            json,
                            value instanceof BigDecimal number ? number.longValueExact() : value);
            case TEXT ->
                    JsonText.string(
                            json,
                            value instanceof Written written ? written.text() : value.toString());
            case TIMESTAMPTZ -> JsonText.string(json, Times.sql(((Timestamp) value).micros()));
            default -> JsonText.value(json, value);
        }
    }

    private static void time(Bytes times, String column, long at) {
        if (times.size() > 0) {
            times.addByte(',');
        }
        JsonText.string(times, column);
        times.addByte(':');
        times.addUtf8(Long.toString(at));
    }

    private static String upsert(TablePlan plan, List<Placement.Column> columns) {
        Map<String, String> types = new LinkedHashMap<>();
        types.put(RowColumns.ID, "text");
        types.put(RowColumns.EVENT_AT, "timestamptz");
        types.put(RowColumns.INGESTED_AT, "timestamptz");
        types.put(RowColumns.LOADED_AT, "timestamptz");
        types.put(Table.COLUMN_AT, "jsonb");
        columns.forEach(column -> types.put(column.name(), column.type().sql()));
        if (plan.overflows()) {
            types.put(Table.EXTRA, "jsonb");
        }
        String names =
                types.keySet().stream().map(Relation::quote).collect(Collectors.joining(", "));
        String definitions =
                types.entrySet().stream()
                        .map(e -> Relation.quote(e.getKey()) + " " + e.getValue())
                        .collect(Collectors.joining(", "));
        String newest =
                columns.stream()
                        .map(column -> ",\n  " + newest(column.name()))
                        .collect(Collectors.joining());
        return """
        INSERT INTO %1$s AS t (%2$s)
        SELECT %2$s FROM json_to_recordset(?::json) AS n (%3$s)
        ORDER BY n._mr_id COLLATE "C"
        ON CONFLICT (_mr_id) DO UPDATE SET
          _mr_event_at = greatest(t._mr_event_at, EXCLUDED._mr_event_at),
          _mr_ingested_at = greatest(t._mr_ingested_at, EXCLUDED._mr_ingested_at),
          _mr_loaded_at = EXCLUDED._mr_loaded_at,
          _mr_column_at = t._mr_column_at || coalesce((
            SELECT jsonb_object_agg(e.key, e.value)
            FROM jsonb_each(EXCLUDED._mr_column_at) e
            WHERE e.value::bigint >= coalesce((t._mr_column_at ->> e.key)::bigint, %4$s)),
            '{}')%5$s%6$s
        """
                .formatted(
                        plan.relation().quoted(),
                        names,
                        definitions,
                        NEVER,
                        newest,
                        plan.overflows() ? NEWEST_EXTRA : "");
    }

    private static String newest(String column) {
        String quoted = Relation.quote(column);
        String key = "'" + column.replace("'", "''") + "'";
        return """
        %1$s = CASE WHEN (EXCLUDED._mr_column_at ->> %2$s)::bigint
            >= coalesce((t._mr_column_at ->> %2$s)::bigint, %3$s)
          THEN EXCLUDED.%1$s ELSE t.%1$s END\
        """
                .formatted(quoted, key, NEVER);
    }
}
