package dev.millrace.serving.query.export;

import com.google.flatbuffers.FlatBufferBuilder;

import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The messages of Arrow's IPC format, version 5. */
final class ArrowMessages {

    /** By this a reader knows that the stream was not cut off. */
    static final byte[] END = {-1, -1, -1, -1, 0, 0, 0, 0};

    /** Buffers begin at a multiple of this, so that readers may use them where they are. */
    private static final int ALIGNMENT = 64;

    private static final int PREFIX_BYTES = 8;
    private static final int CONTINUATION = -1;
    private static final int DECIMAL_BITS = 128;

    private ArrowMessages() {}

    /** A buffer's place in the body of a batch. */
    private record Place(long offset, long length) {}

    /** The message that tells the types of the columns. */
    static byte[] schema(List<ExportColumn> columns) {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int[] fields = columns.stream().mapToInt(column -> field(builder, column)).toArray();
        int vector = Schema.createFieldsVector(builder, fields);
        int schema = Schema.createSchema(builder, Endianness.Little, vector, 0, 0);
        return message(builder, MessageHeader.Schema, schema, 0);
    }

    private static int field(FlatBufferBuilder builder, ExportColumn column) {
        int name = builder.createString(column.name());
        int[] notes =
                column.notes().entrySet().stream()
                        .mapToInt(
                                note ->
                                        KeyValue.createKeyValue(
                                                builder,
                                                builder.createString(note.getKey()),
                                                builder.createString(note.getValue())))
                        .toArray();
        int metadata = Field.createCustomMetadataVector(builder, notes);
        int children = Field.createChildrenVector(builder, new int[0]);
        return switch (column.type()) {
            case ColumnType.Decimal(int precision, int scale) ->
                    field(
                            builder,
                            name,
                            Type.Decimal,
                            Decimal.createDecimal(builder, precision, scale, DECIMAL_BITS),
                            children,
                            metadata);
            case ColumnType.Plain plain ->
                    field(builder, name, typeType(plain), type(builder, plain), children, metadata);
        };
    }

    private static int field(
            FlatBufferBuilder builder, int name, byte typeType, int type, int children, int notes) {
        return Field.createField(builder, name, true, typeType, type, 0, children, notes);
    }

    private static byte typeType(ColumnType.Plain type) {
        return switch (type) {
            case INT32, INT64 -> Type.Int;
            case FLOAT32, FLOAT64 -> Type.FloatingPoint;
            case BOOLEAN -> Type.Bool;
            case TEXT -> Type.Utf8;
            case DATE -> Type.Date;
            case LOCAL_TIME, INSTANT -> Type.Timestamp;
        };
    }

    private static int type(FlatBufferBuilder builder, ColumnType.Plain type) {
        return switch (type) {
            case INT32 -> Int.createInt(builder, Integer.SIZE, true);
            case INT64 -> Int.createInt(builder, Long.SIZE, true);
            case FLOAT32 -> FloatingPoint.createFloatingPoint(builder, Precision.SINGLE);
            case FLOAT64 -> FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
            case BOOLEAN -> {
                Bool.startBool(builder);
                yield Bool.endBool(builder);
            }
            case TEXT -> {
                Utf8.startUtf8(builder);
                yield Utf8.endUtf8(builder);
            }
            case DATE -> Date.createDate(builder, DateUnit.DAY);
            case LOCAL_TIME -> Timestamp.createTimestamp(builder, TimeUnit.MICROSECOND, 0);
            case INSTANT ->
                    Timestamp.createTimestamp(
                            builder, TimeUnit.MICROSECOND, builder.createString("UTC"));
        };
    }

    /** Writes a message with rows, and the rows. */
    static void writeBatch(OutputStream out, int rows, List<ArrowVector> vectors)
            throws IOException {
        List<ArrowVector.Bytes> buffers = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        long offset = 0;
        for (ArrowVector vector : vectors) {
            for (ArrowVector.Bytes buffer : vector.buffers()) {
                buffers.add(buffer);
                places.add(new Place(offset, buffer.size()));
                offset += padded(buffer.size(), ALIGNMENT);
            }
        }
        FlatBufferBuilder builder = new FlatBufferBuilder();
        RecordBatch.startNodesVector(builder, vectors.size());
        for (ArrowVector vector : vectors.reversed()) {
            FieldNode.createFieldNode(builder, rows, vector.nulls());
        }
        int nodes = builder.endVector();
        RecordBatch.startBuffersVector(builder, places.size());
        for (Place place : places.reversed()) {
            Buffer.createBuffer(builder, place.offset(), place.length());
        }
        int placed = builder.endVector();
        int batch = RecordBatch.createRecordBatch(builder, rows, nodes, placed, 0, 0);
        out.write(message(builder, MessageHeader.RecordBatch, batch, offset));
        byte[] padding = new byte[ALIGNMENT];
        for (ArrowVector.Bytes buffer : buffers) {
            out.write(buffer.array(), 0, buffer.size());
            out.write(padding, 0, (int) padded(buffer.size(), ALIGNMENT) - buffer.size());
        }
    }

    /** A message with the length of its metadata before it. */
    private static byte[] message(
            FlatBufferBuilder builder, byte headerType, int header, long bodyLength) {
        builder.finish(
                Message.createMessage(
                        builder, MetadataVersion.V5, headerType, header, bodyLength, 0));
        ByteBuffer metadata = builder.dataBuffer();
        int length = (int) padded(metadata.remaining() + (long) PREFIX_BYTES, PREFIX_BYTES);
        ByteBuffer message = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(CONTINUATION).putInt(length - PREFIX_BYTES).put(metadata);
        return message.array();
    }

    private static long padded(long bytes, int alignment) {
        return (bytes + alignment - 1) / alignment * alignment;
    }
}
