package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryException;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Writes rows in one of the forms that Cube offers. */
final class RowWriter {

    private final JsonMapper json;
    private final QuerySet.Type type;
    private final NormalizedQuery query;
    private final List<Cell> cells = new ArrayList<>();
    private final int maxBytes;
    private long bytes;

    /** A key of each row, and the column that its value comes from; 0 for text that is constant. */
    private record Cell(String key, int column, String constant) {}

    RowWriter(
            JsonMapper json,
            QuerySet.Type type,
            NormalizedQuery query,
            List<Column> columns,
            int maxBytes) {
        this.json = json;
        this.type = type;
        this.query = query;
        this.maxBytes = maxBytes;
        for (int i = 0; i < columns.size(); i++) {
            addCells(columns.get(i), i + 1);
        }
        addTypeCells(columns);
    }

    private void addCells(Column column, int position) {
        cells.add(new Cell(column.key(), position, ""));
        String plain = column.member().path();
        // Older clients know a time dimension without its unit.
        if (column.granularity() != null && !query.query().dimensions().contains(plain)) {
            if (cells.stream().noneMatch(cell -> cell.key().equals(plain))) {
                cells.add(new Cell(plain, position, ""));
            }
        }
    }

    private void addTypeCells(List<Column> columns) {
        if (type == QuerySet.Type.COMPARE_DATE_RANGE) {
            query.query().timeDimensions().stream()
                    .map(Query.TimeDimension::range)
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .ifPresent(
                            range ->
                                    cells.add(
                                            new Cell(
                                                    "compareDateRange",
                                                    0,
                                                    DateRanges.LOCAL.format(range.from())
                                                            + " - "
                                                            + DateRanges.LOCAL.format(
                                                                    range.to()))));
        } else if (type == QuerySet.Type.BLENDING && !query.query().timeDimensions().isEmpty()) {
            Query.TimeDimension time = query.query().timeDimensions().getFirst();
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                if (column.granularity() != null
                        && column.granularity().equals(time.granularity())
                        && column.member().path().equals(time.dimension())) {
                    cells.add(new Cell("time." + time.granularity(), i + 1, ""));
                }
            }
        }
    }

    /** Reads all rows. */
    ResultRows write(ResultSet rows, List<Column> columns) throws SQLException {
        List<ResultValue> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            values.add(ResultValue.of(rows.getMetaData(), i + 1, columns.get(i).member()));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(8_192);
        int count;
        try (JsonGenerator generator = json.createGenerator(out)) {
            count =
                    switch (query.format()) {
                        case DEFAULT -> asObjects(generator, rows, values);
                        case COMPACT -> asArrays(generator, rows, values);
                        case COLUMNAR -> asColumns(generator, rows, values);
                    };
        }
        return new ResultRows(out.toString(StandardCharsets.UTF_8), count, null);
    }

    private int asObjects(JsonGenerator out, ResultSet rows, List<ResultValue> values)
            throws SQLException {
        int count = 0;
        out.writeStartArray();
        while (rows.next()) {
            count++;
            out.writeStartObject();
            for (Cell cell : cells) {
                out.writeName(cell.key());
                bytes += cell.key().length();
                value(out, rows, values, cell);
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        return count;
    }

    private int asArrays(JsonGenerator out, ResultSet rows, List<ResultValue> values)
            throws SQLException {
        int count = 0;
        out.writeStartObject();
        members(out);
        out.writeArrayPropertyStart("dataset");
        while (rows.next()) {
            count++;
            out.writeStartArray();
            for (Cell cell : cells) {
                value(out, rows, values, cell);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
        out.writeEndObject();
        return count;
    }

    private int asColumns(JsonGenerator out, ResultSet rows, List<ResultValue> values)
            throws SQLException {
        List<ByteArrayOutputStream> buffers = new ArrayList<>();
        List<JsonGenerator> generators = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            ByteArrayOutputStream buffer = new ByteArrayOutputStream();
            buffers.add(buffer);
            generators.add(json.createGenerator(buffer));
            generators.get(i).writeStartArray();
        }
        int count = 0;
        while (rows.next()) {
            count++;
            for (int i = 0; i < cells.size(); i++) {
                value(generators.get(i), rows, values, cells.get(i));
            }
        }
        out.writeStartObject();
        members(out);
        out.writeArrayPropertyStart("columns");
        for (int i = 0; i < cells.size(); i++) {
            generators.get(i).writeEndArray();
            generators.get(i).close();
            out.writeRawValue(buffers.get(i).toString(StandardCharsets.UTF_8));
        }
        out.writeEndArray();
        out.writeEndObject();
        return count;
    }

    private void members(JsonGenerator out) {
        out.writeArrayPropertyStart("members");
        cells.forEach(cell -> out.writeString(cell.key()));
        out.writeEndArray();
    }

    private void value(JsonGenerator out, ResultSet rows, List<ResultValue> values, Cell cell)
            throws SQLException {
        if (cell.column() == 0) {
            out.writeString(cell.constant());
            bytes += cell.constant().length();
        } else {
            bytes += values.get(cell.column() - 1).write(out, rows, cell.column());
        }
        if (bytes > maxBytes) {
            throw QueryException.limit(
                    "The result is larger than %d MiB; ask for fewer rows or members"
                            .formatted(maxBytes >> 20));
        }
    }
}
