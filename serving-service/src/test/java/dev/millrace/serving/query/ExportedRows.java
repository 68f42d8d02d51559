package dev.millrace.serving.query;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnSchema;

import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.QuoteMode;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Exports as others read them: Arrow's own reader, Hardwood for Parquet, Commons CSV. Times are
 * microseconds and dates are days since 1970.
 *
 * @param types of the columns, as the reader names them
 * @param batches how many parts the rows came in
 */
record ExportedRows(
        Map<String, String> types,
        Map<String, Map<String, String>> notes,
        List<Map<String, @Nullable Object>> rows,
        int batches) {

    private static final CSVFormat CSV =
            CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .setNullString("")
                    .setQuoteMode(QuoteMode.ALL_NON_NULL)
                    .setIgnoreEmptyLines(false)
                    .get();

    static ExportedRows csv(byte[] bytes) throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (CSVParser parser = CSVParser.parse(new String(bytes, StandardCharsets.UTF_8), CSV)) {
            parser.getHeaderNames().forEach(name -> types.put(name, "text"));
            for (CSVRecord record : parser) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                types.keySet().forEach(name -> row.put(name, record.get(name)));
                rows.add(row);
            }
        }
        return new ExportedRows(types, Map.of(), rows, 1);
    }

    static ExportedRows arrow(byte[] bytes) throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        Map<String, Map<String, String>> notes = new HashMap<>();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        int batches = 0;
        try (RootAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(bytes), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            Schema schema = root.getSchema();
            for (Field field : schema.getFields()) {
                types.put(field.getName(), field.getType().toString());
                notes.put(field.getName(), field.getMetadata());
            }
            while (reader.loadNextBatch()) {
                batches++;
                for (int i = 0; i < root.getRowCount(); i++) {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    for (FieldVector vector : root.getFieldVectors()) {
                        row.put(vector.getName(), value(vector, i));
                    }
                    rows.add(row);
                }
            }
        }
        return new ExportedRows(types, notes, rows, batches);
    }

    private static @Nullable Object value(FieldVector vector, int index) {
        if (vector.isNull(index)) {
            return null;
        }
        return switch (vector) {
            case VarCharVector text -> String.valueOf(text.getObject(index));
            case TimeStampVector time -> time.get(index);
            default -> vector.getObject(index);
        };
    }

    static ExportedRows parquet(byte[] bytes) throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (ParquetFileReader file = ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(bytes)));
                RowReader reader = file.rowReader()) {
            List<ColumnSchema> columns = file.getFileSchema().getColumns();
            for (ColumnSchema column : columns) {
                types.put(
                        column.fieldPath().elements().getFirst(),
                        column.type() + " " + column.logicalType());
            }
            while (reader.hasNext()) {
                reader.next();
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                for (int i = 0; i < columns.size(); i++) {
                    row.put(
                            columns.get(i).fieldPath().elements().getFirst(),
                            value(reader, columns.get(i), i));
                }
                rows.add(row);
            }
            return new ExportedRows(
                    types, Map.of(), rows, file.getFileMetaData().rowGroups().size());
        }
    }

    private static @Nullable Object value(RowReader reader, ColumnSchema column, int index) {
        if (reader.isNull(index)) {
            return null;
        }
        return switch (column.logicalType()) {
            case LogicalType.DecimalType _ -> reader.getDecimal(index);
            case LogicalType.StringType _ -> reader.getString(index);
            case null, default -> reader.getRawValue(index);
        };
    }
}
