package dev.millrace.serving.query.export;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** Writes many rows to nowhere, in a program of its own whose memory is limited. */
final class ManyRows {

    private ManyRows() {}

    public static void main(String[] arguments) throws IOException {
        int rows = Integer.parseInt(arguments[1]);
        List<ExportColumn> columns =
                List.of(
                        column("id", ColumnType.Plain.INT64),
                        column("price", new ColumnType.Decimal(38, 2)),
                        column("at", ColumnType.Plain.INSTANT),
                        column("text", ColumnType.Plain.TEXT),
                        column("none", ColumnType.Plain.FLOAT64));
        RowForm form =
                ExportFormat.valueOf(arguments[0]).open(OutputStream.nullOutputStream(), columns);
        for (int i = 0; i < rows; i++) {
            @Nullable String[] row = {
                "" + i,
                i + ".25",
                "2026-01-01 00:00:00." + i % 1_000_000 + "+00",
                "a text of its own " + i,
                null
            };
            form.write(row);
        }
        form.end();
    }

    private static ExportColumn column(String name, ColumnType type) {
        return new ExportColumn(name, type, Map.of(), text -> text);
    }
}
