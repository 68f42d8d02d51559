package dev.millrace.serving.query.export;

import com.github.luben.zstd.Zstd;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Parquet, compressed with zstd. It is put together from the parts of Parquet's own writer, as the
 * writer as a whole asks for Hadoop's configuration.
 */
final class ParquetForm implements RowForm {

    /** Values in a row group before they are encoded; readers want more, memory less. */
    private static final long GROUP_BYTES = 16 << 20;

    private static final int PAGE_BYTES = 1 << 17;
    private static final int BYTES_OF_BOUNDS = 64;

    private final List<ExportColumn> columns;
    private final MessageType schema;
    private final ParquetProperties properties;
    private final ParquetFileWriter file;
    private @Nullable Group group;
    private long groupBytes;
    private long groupRows;

    /** Rows that wait until there are enough of them. */
    private record Group(
            ColumnChunkPageWriteStore pages, ColumnWriteStore store, List<ColumnWriter> writers) {}

    ParquetForm(OutputStream out, List<ExportColumn> columns) throws IOException {
        this.columns = columns;
        this.schema = ParquetTypes.schema(columns);
        this.properties = ParquetProperties.builder().withPageSize(PAGE_BYTES).build();
        this.file = writer(new Counted(out), schema);
        file.start();
    }

    /** Of its makers, those that replace this one cannot be compiled against without Hadoop. */
    @SuppressWarnings("deprecation")
    private static ParquetFileWriter writer(Counted out, MessageType schema) throws IOException {
        return new ParquetFileWriter(
                out,
                schema,
                ParquetFileWriter.Mode.CREATE,
                GROUP_BYTES,
                0,
                BYTES_OF_BOUNDS,
                BYTES_OF_BOUNDS,
                true);
    }

    @Override
    public void write(@Nullable String[] values) throws IOException {
        Group open = group == null ? newGroup() : group;
        for (int i = 0; i < columns.size(); i++) {
            ColumnWriter writer = open.writers().get(i);
            String text = values[i];
            if (text == null || !write(writer, columns.get(i), text)) {
                writer.writeNull(0, 0);
            }
            groupBytes += size(columns.get(i), text);
        }
        open.store().endRecord();
        groupRows++;
        if (groupBytes >= GROUP_BYTES) {
            flush(open);
        }
    }

    private static long size(ExportColumn column, @Nullable String text) {
        long varying = text != null && column.type() == ColumnType.Plain.TEXT ? text.length() : 0;
        return Long.BYTES + varying;
    }

    private Group newGroup() {
        ColumnChunkPageWriteStore pages =
                new ColumnChunkPageWriteStore(
                        new Zstandard(),
                        schema,
                        properties.getAllocator(),
                        properties.getColumnIndexTruncateLength(),
                        true);
        ColumnWriteStore store = properties.newColumnWriteStore(schema, pages);
        Group opened =
                new Group(
                        pages,
                        store,
                        schema.getColumns().stream().map(store::getColumnWriter).toList());
        group = opened;
        return opened;
    }

    /** Whether there is such a value in Parquet. */
    private static boolean write(ColumnWriter writer, ExportColumn column, String text) {
        return switch (column.type()) {
            case ColumnType.Decimal(int precision, int scale) -> {
                BigInteger unscaled = PostgresText.unscaled(text, scale);
                if (unscaled == null) {
                    yield false;
                }
                if (precision <= ParquetTypes.DIGITS_OF_INT) {
                    writer.write(unscaled.intValueExact(), 0, 1);
                } else if (precision <= ParquetTypes.DIGITS_OF_LONG) {
                    writer.write(unscaled.longValueExact(), 0, 1);
                } else {
                    writer.write(Binary.fromConstantByteArray(wide(unscaled)), 0, 1);
                }
                yield true;
            }
            case ColumnType.Plain plain -> writePlain(writer, plain, column, text);
        };
    }

    private static boolean writePlain(
            ColumnWriter writer, ColumnType.Plain type, ExportColumn column, String text) {
        switch (type) {
            case INT32 -> writer.write(Integer.parseInt(text), 0, 1);
            case INT64 -> writer.write(Long.parseLong(text), 0, 1);
            case FLOAT32 -> writer.write(Float.parseFloat(text), 0, 1);
            case FLOAT64 -> writer.write(Double.parseDouble(text), 0, 1);
            case BOOLEAN -> writer.write(PostgresText.bool(text), 0, 1);
            case TEXT -> writer.write(Binary.fromString(column.wording().apply(text)), 0, 1);
            case DATE -> {
                Integer days = PostgresText.days(text);
                if (days == null) {
                    return false;
                }
                writer.write(days.intValue(), 0, 1);
            }
            case LOCAL_TIME, INSTANT -> {
                Long micros = PostgresText.micros(text);
                if (micros == null) {
                    return false;
                }
                writer.write(micros.longValue(), 0, 1);
            }
        }
        return true;
    }

    /** With the highest byte first, and the sign in all bytes that are not needed. */
    private static byte[] wide(BigInteger value) {
        byte[] shortest = value.toByteArray();
        byte[] bytes = new byte[ParquetTypes.DECIMAL_BYTES];
        Arrays.fill(bytes, (byte) (value.signum() < 0 ? -1 : 0));
        System.arraycopy(shortest, 0, bytes, bytes.length - shortest.length, shortest.length);
        return bytes;
    }

    private void flush(Group open) throws IOException {
        file.startBlock(groupRows);
        open.store().flush();
        open.pages().flushToFileWriter(file);
        file.endBlock();
        open.store().close();
        open.pages().close();
        group = null;
        groupRows = 0;
        groupBytes = 0;
    }

    @Override
    public void end() throws IOException {
        if (group != null) {
            flush(group);
        }
        // Parquet has no notes on columns; readers by Arrow find them here.
        file.end(
                Map.of(
                        "ARROW:schema",
                        Base64.getEncoder().encodeToString(ArrowMessages.schema(columns))));
    }

    /** Compresses pages. */
    private static final class Zstandard implements BytesInputCompressor {

        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
            ByteArrayOutputStream plain = new ByteArrayOutputStream(Math.toIntExact(bytes.size()));
            bytes.writeAllTo(plain);
            return BytesInput.from(Zstd.compress(plain.toByteArray()));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.ZSTD;
        }

        @Override
        public void release() {}
    }

    /** A file that is not there: its bytes go on as they come. */
    private static final class Counted extends PositionOutputStream implements OutputFile {

        private final OutputStream out;
        private long position;

        Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            position += length;
        }

        @Override
        public PositionOutputStream create(long blockSize) {
            return this;
        }

        @Override
        public PositionOutputStream createOrOverwrite(long blockSize) {
            return this;
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }
}
