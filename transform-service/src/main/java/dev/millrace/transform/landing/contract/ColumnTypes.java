package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.contract.LogicalType;
import dev.millrace.contracts.project.contract.Property;
import dev.millrace.contracts.project.contract.Rule;
import dev.millrace.contracts.project.contract.TemporalForm;
import dev.millrace.transform.landing.value.Numbers;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.Map;

/** Which column a property of a contract becomes. */
final class ColumnTypes {

    /** By the words of PostgreSQL and other databases, in small letters and without arguments. */
    private static final Map<String, ColumnType> BY_WORD =
            Map.ofEntries(
                    Map.entry("text", ColumnType.TEXT),
                    Map.entry("string", ColumnType.TEXT),
                    Map.entry("varchar", ColumnType.TEXT),
                    Map.entry("nvarchar", ColumnType.TEXT),
                    Map.entry("character varying", ColumnType.TEXT),
                    Map.entry("character", ColumnType.TEXT),
                    Map.entry("char", ColumnType.TEXT),
                    Map.entry("bpchar", ColumnType.TEXT),
                    Map.entry("citext", ColumnType.TEXT),
                    Map.entry("bigint", ColumnType.BIGINT),
                    Map.entry("integer", ColumnType.BIGINT),
                    Map.entry("int", ColumnType.BIGINT),
                    Map.entry("int2", ColumnType.BIGINT),
                    Map.entry("int4", ColumnType.BIGINT),
                    Map.entry("int8", ColumnType.BIGINT),
                    Map.entry("int64", ColumnType.BIGINT),
                    Map.entry("long", ColumnType.BIGINT),
                    Map.entry("smallint", ColumnType.BIGINT),
                    Map.entry("tinyint", ColumnType.BIGINT),
                    Map.entry("serial", ColumnType.BIGINT),
                    Map.entry("bigserial", ColumnType.BIGINT),
                    Map.entry("numeric", ColumnType.NUMERIC),
                    Map.entry("decimal", ColumnType.NUMERIC),
                    Map.entry("number", ColumnType.NUMERIC),
                    Map.entry("money", ColumnType.NUMERIC),
                    Map.entry("double precision", ColumnType.DOUBLE),
                    Map.entry("double", ColumnType.DOUBLE),
                    Map.entry("float", ColumnType.DOUBLE),
                    Map.entry("float4", ColumnType.DOUBLE),
                    Map.entry("float8", ColumnType.DOUBLE),
                    Map.entry("float64", ColumnType.DOUBLE),
                    Map.entry("real", ColumnType.DOUBLE),
                    Map.entry("boolean", ColumnType.BOOLEAN),
                    Map.entry("bool", ColumnType.BOOLEAN),
                    Map.entry("date", ColumnType.DATE),
                    Map.entry("time", ColumnType.TIME),
                    Map.entry("time without time zone", ColumnType.TIME),
                    Map.entry("timestamptz", ColumnType.TIMESTAMPTZ),
                    Map.entry("timestamp with time zone", ColumnType.TIMESTAMPTZ),
                    Map.entry("timestamp", ColumnType.TIMESTAMPTZ),
                    Map.entry("timestamp without time zone", ColumnType.TIMESTAMP),
                    Map.entry("timestamp_ntz", ColumnType.TIMESTAMP),
                    Map.entry("uuid", ColumnType.UUID),
                    Map.entry("bytea", ColumnType.BYTEA),
                    Map.entry("blob", ColumnType.BYTEA),
                    Map.entry("bytes", ColumnType.BYTEA),
                    Map.entry("varbinary", ColumnType.BYTEA),
                    Map.entry("json", ColumnType.JSONB),
                    Map.entry("jsonb", ColumnType.JSONB));

    private ColumnTypes() {}

    /** The type of the column; null if the contract leaves it to the data. */
    static @Nullable ColumnType of(Property property) {
        LogicalType logical = property.type();
        ColumnType physical = physical(property.physicalType());
        if (logical == null) {
            return physical;
        }
        TemporalForm temporal = property.temporal();
        return switch (logical) {
            case STRING -> physical == null ? ColumnType.TEXT : physical;
            case INTEGER ->
                    numberOrText(
                            physical,
                            outgrowsBigint(property) ? ColumnType.NUMERIC : ColumnType.BIGINT);
            case NUMBER -> numberOrText(physical, ColumnType.NUMERIC);
            case BOOLEAN -> textOr(physical, ColumnType.BOOLEAN);
            case DATE -> textOr(physical, ColumnType.DATE);
            // Whether there is a zone is in the form, which knows the physical type as well.
            case TIMESTAMP ->
                    textOr(
                            physical,
                            temporal != null && temporal.isZoned()
                                    ? ColumnType.TIMESTAMPTZ
                                    : ColumnType.TIMESTAMP);
            case TIME ->
                    temporal != null && temporal.isZoned()
                            ? ColumnType.TEXT
                            : textOr(physical, ColumnType.TIME);
            case OBJECT, ARRAY -> ColumnType.JSONB;
        };
    }

    /** What values mean of which only the column is told. */
    static @Nullable LogicalType meaning(Property property) {
        LogicalType logical = property.type();
        ColumnType physical = physical(property.physicalType());
        if (logical != null || physical == null) {
            return logical;
        }
        return switch (physical) {
            case TEXT, UUID, BYTEA -> LogicalType.STRING;
            case BIGINT -> LogicalType.INTEGER;
            case NUMERIC, DOUBLE -> LogicalType.NUMBER;
            case BOOLEAN -> LogicalType.BOOLEAN;
            case DATE -> LogicalType.DATE;
            case TIME -> LogicalType.TIME;
            case TIMESTAMP, TIMESTAMPTZ -> LogicalType.TIMESTAMP;
            case JSONB, OTHER -> null;
        };
    }

    /** Whether an object becomes one column, as nobody says what is in it, or it is to be JSON. */
    static boolean isWhole(Property property) {
        return physical(property.physicalType()) == ColumnType.JSONB
                || (property.properties().isEmpty() && property.type() == LogicalType.OBJECT);
    }

    private static @Nullable ColumnType physical(@Nullable String written) {
        if (written == null) {
            return null;
        }
        String words = written.toLowerCase(Locale.ROOT);
        int open = words.indexOf('(');
        int close = words.indexOf(')', Math.max(open, 0));
        String plain =
                open < 0 || close < 0
                        ? words
                        : words.substring(0, open) + words.substring(close + 1);
        return BY_WORD.get(plain.strip());
    }

    /** Whether a limit, as that of the format u64, lies where no {@code bigint} reaches. */
    private static boolean outgrowsBigint(Property property) {
        return property.rules().stream()
                .anyMatch(
                        rule ->
                                rule instanceof Rule.Limit limit
                                        && !Numbers.isBigint(limit.limit()));
    }

    private static ColumnType numberOrText(@Nullable ColumnType physical, ColumnType otherwise) {
        return physical == ColumnType.BIGINT
                        || physical == ColumnType.NUMERIC
                        || physical == ColumnType.DOUBLE
                ? physical
                : textOr(physical, otherwise);
    }

    private static ColumnType textOr(@Nullable ColumnType physical, ColumnType otherwise) {
        return physical == ColumnType.TEXT ? physical : otherwise;
    }
}
