package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes texts of a table as long as those of new rows. */
final class ColumnWidths {

    private static final String COLUMNS =
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod)
            FROM pg_attribute a
            WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    private ColumnWidths() {}

    /**
     * @param fresh the table of the new rows, as SQL names it
     */
    static void expand(Session session, String fresh, RelationName target) throws SQLException {
        Map<String, String> there = types(session, target.quoted());
        for (Map.Entry<String, String> column : types(session, fresh).entrySet()) {
            int wanted = length(column.getValue());
            int old = length(there.getOrDefault(column.getKey(), ""));
            if (old > 0 && wanted > old) {
                session.execute(
                        "ALTER TABLE "
                                + target.quoted()
                                + " ALTER COLUMN "
                                + RelationName.quote(column.getKey())
                                + " TYPE character varying("
                                + wanted
                                + ")");
            }
        }
    }

    private static Map<String, String> types(Session session, String relation) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        for (List<@Nullable Object> row : session.rows(COLUMNS, relation)) {
            types.put(String.valueOf(row.get(0)), String.valueOf(row.get(1)));
        }
        return types;
    }

    private static int length(String type) {
        String head = "character varying(";
        return type.startsWith(head)
                ? Integer.parseInt(type.substring(head.length(), type.length() - 1))
                : 0;
    }
}
