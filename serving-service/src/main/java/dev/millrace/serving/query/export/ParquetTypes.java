package dev.millrace.serving.query.export;

import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

import java.util.List;

/** The columns as Parquet names their types. */
final class ParquetTypes {

    /** Decimals of so many digits are written as {@code int32}, and of so many as {@code int64}. */
    static final int DIGITS_OF_INT = 9;

    static final int DIGITS_OF_LONG = 18;
    static final int DECIMAL_BYTES = 16;

    private ParquetTypes() {}

    static MessageType schema(List<ExportColumn> columns) {
        return new MessageType("rows", columns.stream().map(ParquetTypes::type).toList());
    }

    private static Type type(ExportColumn column) {
        return switch (column.type()) {
            case ColumnType.Decimal(int precision, int scale) ->
                    decimal(precision, scale, column.name());
            case ColumnType.Plain plain -> plain(plain, column.name());
        };
    }

    private static PrimitiveType decimal(int precision, int scale, String name) {
        if (precision <= DIGITS_OF_LONG) {
            return Types.optional(precision <= DIGITS_OF_INT ? INT32 : INT64)
                    .as(decimalType(scale, precision))
                    .named(name);
        }
        return Types.optional(FIXED_LEN_BYTE_ARRAY)
                .length(DECIMAL_BYTES)
                .as(decimalType(scale, precision))
                .named(name);
    }

    private static PrimitiveType plain(ColumnType.Plain type, String name) {
        return switch (type) {
            case INT32 -> Types.optional(INT32).named(name);
            case INT64 -> Types.optional(INT64).named(name);
            case FLOAT32 -> Types.optional(FLOAT).named(name);
            case FLOAT64 -> Types.optional(DOUBLE).named(name);
            case BOOLEAN -> Types.optional(BOOLEAN).named(name);
            case TEXT -> Types.optional(BINARY).as(stringType()).named(name);
            case DATE -> Types.optional(INT32).as(dateType()).named(name);
            case LOCAL_TIME ->
                    Types.optional(INT64).as(timestampType(false, TimeUnit.MICROS)).named(name);
            case INSTANT ->
                    Types.optional(INT64).as(timestampType(true, TimeUnit.MICROS)).named(name);
        };
    }
}
