package dev.millrace.serving.query.export;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrow's IPC stream. Its messages are written here, with the format's own generated classes:
 * Arrow's vectors would keep rows outside of the heap, and need the JVM opened for them at each
 * start.
 */
final class ArrowForm implements RowForm {

    private static final int BATCH_ROWS = 8_192;
    private static final int BATCH_BYTES = 1 << 22;

    private final OutputStream out;
    private final List<ArrowVector> vectors = new ArrayList<>();
    private int rows;

    ArrowForm(OutputStream out, List<ExportColumn> columns) throws IOException {
        this.out = out;
        columns.forEach(column -> vectors.add(new ArrowVector(column)));
        out.write(ArrowMessages.schema(columns));
    }

    @Override
    public void write(@Nullable String[] values) throws IOException {
        long bytes = 0;
        for (int i = 0; i < vectors.size(); i++) {
            vectors.get(i).add(values[i]);
            bytes += vectors.get(i).bytes();
        }
        rows++;
        if (rows >= BATCH_ROWS || bytes >= BATCH_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        ArrowMessages.writeBatch(out, rows, vectors);
        vectors.forEach(ArrowVector::clear);
        rows = 0;
    }

    @Override
    public void end() throws IOException {
        if (rows > 0) {
            flush();
        }
        out.write(ArrowMessages.END);
    }
}
