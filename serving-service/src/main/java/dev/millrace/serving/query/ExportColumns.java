package dev.millrace.serving.query;

import dev.millrace.serving.query.export.ColumnType;
import dev.millrace.serving.query.export.ExportColumn;
import dev.millrace.serving.semantic.CompiledQuery.Column;

import org.jspecify.annotations.Nullable;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns of an export: those that rows have as JSON, in types of their own. */
final class ExportColumns {

    private static final List<String> NOTES =
            List.of("title", "shortTitle", "description", "type", "format", "currency");

    private static final int SCALE_BITS = 0x7ff;
    private static final int SCALE_SIGN = 0x400;

    private final List<ExportColumn> columns = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();

    ExportColumns(
            List<Column> selected,
            List<String> dimensions,
            Annotations annotations,
            ResultSetMetaData found)
            throws SQLException {
        for (int i = 0; i < selected.size(); i++) {
            Column column = selected.get(i);
            add(column.key(), column, annotations, found, i + 1);
            String plain = column.member().path();
            // As JSON has it: older clients know a time dimension without its unit.
            if (column.granularity() != null
                    && !dimensions.contains(plain)
                    && columns.stream().noneMatch(it -> it.name().equals(plain))) {
                add(plain, column, annotations, found, i + 1);
            }
        }
    }

    private void add(
            String key, Column column, Annotations annotations, ResultSetMetaData found, int at)
            throws SQLException {
        Map<String, String> notes = new LinkedHashMap<>();
        Map<String, Object> annotation = annotations.annotation(column.member());
        for (String note : NOTES) {
            if (annotation.get(note) instanceof String text) {
                notes.put(note, text);
            }
        }
        notes.put("postgres", found.getColumnTypeName(at));
        ResultValue value = ResultValue.of(found, at, column.member());
        columns.add(new ExportColumn(key, type(found, at), notes, value::text));
        positions.add(at);
    }

    private static ColumnType type(ResultSetMetaData found, int at) throws SQLException {
        String name = found.getColumnTypeName(at);
        return switch (found.getColumnType(at)) {
            case Types.SMALLINT, Types.INTEGER -> ColumnType.Plain.INT32;
            case Types.BIGINT -> ColumnType.Plain.INT64;
            case Types.REAL -> ColumnType.Plain.FLOAT32;
            // The driver takes money for a number, but it comes with its currency's sign.
            case Types.DOUBLE ->
                    name.equals("money") ? ColumnType.Plain.TEXT : ColumnType.Plain.FLOAT64;
            case Types.NUMERIC ->
                    ColumnType.numeric(found.getPrecision(at), scale(found.getScale(at)));
            case Types.BIT, Types.BOOLEAN ->
                    name.equals("bool") ? ColumnType.Plain.BOOLEAN : ColumnType.Plain.TEXT;
            case Types.DATE -> ColumnType.Plain.DATE;
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                    name.equals("timestamptz")
                            ? ColumnType.Plain.INSTANT
                            : ColumnType.Plain.LOCAL_TIME;
            default -> ColumnType.Plain.TEXT;
        };
    }

    /** PostgreSQL keeps it in eleven bits with a sign, which the driver does not look at. */
    private static int scale(int told) {
        return ((told & SCALE_BITS) ^ SCALE_SIGN) - SCALE_SIGN;
    }

    List<ExportColumn> columns() {
        return columns;
    }

    /** The current row, a value for each column. */
    @Nullable String[] row(ResultSet rows) throws SQLException {
        @Nullable String[] values = new String[positions.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.getString(positions.get(i));
        }
        return values;
    }
}
