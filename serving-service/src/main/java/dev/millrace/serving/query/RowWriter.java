package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Writes rows in one of the forms that Cube offers. */
final class RowWriter {

    /** How many rows the driver is to read first, when nobody knows yet how large they are. */
    static final int FIRST_FETCH = 50;

    private static final int MOST_FETCHED = 5_000;
    private static final long FETCHED_BYTES = 1 << 21;

    private final JsonMapper json;
    private final QuerySet.Type type;
    private final NormalizedQuery query;
    private final List<Cell> cells = new ArrayList<>();
    private final LongConsumer memory;
    private final List<ChunkedBytes> written = new ArrayList<>();

    /** A key of each row, and the column that its value comes from; 0 for text that is constant. */
    private record Cell(String key, int column, String constant) {}

    /**
     * @param memory is asked before rows take some
     */
    RowWriter(
            JsonMapper json,
            QuerySet.Type type,
            NormalizedQuery query,
            List<Column> columns,
            LongConsumer memory) {
        this.json = json;
        this.type = type;
        this.query = query;
        this.memory = memory;
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
        return switch (query.format()) {
            case DEFAULT -> asObjects(rows, values);
            case COMPACT -> asArrays(rows, values);
            case COLUMNAR -> asColumns(rows, values);
        };
    }

    private ResultRows asObjects(ResultSet rows, List<ResultValue> values) throws SQLException {
        ChunkedBytes bytes = bytes();
        int count = 0;
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.writeStartArray();
            while (next(rows, count)) {
                count++;
                out.writeStartObject();
                for (Cell cell : cells) {
                    out.writeName(cell.key());
                    value(out, rows, values, cell);
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        return new ResultRows(bytes, count, null);
    }

    private ResultRows asArrays(ResultSet rows, List<ResultValue> values) throws SQLException {
        ChunkedBytes bytes = bytes();
        int count = 0;
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.writeStartObject();
            out.writePOJOProperty("members", members());
            out.writeArrayPropertyStart("dataset");
            while (next(rows, count)) {
                count++;
                out.writeStartArray();
                for (Cell cell : cells) {
                    value(out, rows, values, cell);
                }
                out.writeEndArray();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return new ResultRows(bytes, count, null);
    }

    private ResultRows asColumns(ResultSet rows, List<ResultValue> values) throws SQLException {
        List<ChunkedBytes> columns = new ArrayList<>();
        List<JsonGenerator> generators = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            columns.add(bytes());
            generators.add(json.createGenerator(columns.get(i)));
            generators.get(i).writeStartArray();
        }
        int count = 0;
        while (next(rows, count)) {
            count++;
            for (int i = 0; i < cells.size(); i++) {
                value(generators.get(i), rows, values, cells.get(i));
            }
        }
        ChunkedBytes all = bytes();
        all.write("{\"members\":".getBytes(StandardCharsets.UTF_8));
        all.write(json.writeValueAsBytes(members()));
        all.write(",\"columns\":[".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < cells.size(); i++) {
            generators.get(i).writeEndArray();
            generators.get(i).close();
            if (i > 0) {
                all.write(',');
            }
            all.append(columns.get(i));
        }
        all.write("]}".getBytes(StandardCharsets.UTF_8));
        return new ResultRows(all, count, null);
    }

    private ChunkedBytes bytes() {
        ChunkedBytes bytes = new ChunkedBytes(memory);
        written.add(bytes);
        return bytes;
    }

    private List<String> members() {
        return cells.stream().map(Cell::key).toList();
    }

    /** Goes on to the next row, and has the driver read ahead only as many as memory is for. */
    private boolean next(ResultSet rows, int count) throws SQLException {
        if (count > 0 && count % FIRST_FETCH == 0) {
            long bytes = written.stream().mapToLong(ChunkedBytes::length).sum();
            long fitting = FETCHED_BYTES / Math.max(1, bytes / count);
            rows.setFetchSize(Math.clamp(fitting, 1, MOST_FETCHED));
        }
        return rows.next();
    }

    private static void value(
            JsonGenerator out, ResultSet rows, List<ResultValue> values, Cell cell)
            throws SQLException {
        if (cell.column() == 0) {
            out.writeString(cell.constant());
        } else {
            values.get(cell.column() - 1).write(out, rows, cell.column());
        }
    }
}
