package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.Conversion;
import dev.millrace.transform.landing.value.Binary;
import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.landing.value.Numbers;
import dev.millrace.transform.landing.value.TimeOfDay;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.WallTime;
import dev.millrace.transform.landing.value.Written;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * What the types of Kafka Connect, and Debezium's own on top of them, become. A value that is not
 * what its type says stays as it came, and goes to a variant.
 */
final class Conversions {

    private static final String DEBEZIUM = "io.debezium.";
    private static final String CONNECT = "org.apache.kafka.connect.data.";
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    private Conversions() {}

    private record Typed(ColumnType type, UnaryOperator<Object> operator) implements Conversion {

        @Override
        public Object convert(Object value) {
            try {
                return operator.apply(value);
            } catch (ArithmeticException | IllegalArgumentException | JacksonException e) {
                return value;
            }
        }
    }

    /** How the values of a field are meant; null for as they are. */
    static @Nullable Conversion of(JsonNode field) {
        String name = field.path("name").asString("");
        Conversion logical =
                name.startsWith(DEBEZIUM)
                        ? debezium(name.substring(DEBEZIUM.length()), field)
                        : name.startsWith(CONNECT)
                                ? connect(name.substring(CONNECT.length()), field)
                                : null;
        return logical == null ? primitive(field.path("type").asString("")) : logical;
    }

    private static @Nullable Conversion primitive(String type) {
        return switch (type) {
            case "int8", "int16", "int32", "int64" -> typed(ColumnType.BIGINT, value -> value);
            case "float", "float32", "double", "float64" ->
                    typed(ColumnType.DOUBLE, Conversions::floating);
            case "boolean" -> typed(ColumnType.BOOLEAN, value -> value);
            case "string" -> typed(ColumnType.TEXT, Conversions::text);
            case "bytes" -> typed(ColumnType.BYTEA, value -> new Binary(bytes(value)));
            case "array", "map", "struct" -> typed(ColumnType.JSONB, value -> value);
            default -> null;
        };
    }

    private static @Nullable Conversion connect(String name, JsonNode field) {
        return switch (name) {
            case "Decimal" -> {
                int scale = parameter(field, "scale");
                yield typed(
                        ColumnType.NUMERIC,
                        value ->
                                value instanceof String || value instanceof Written
                                        ? new BigDecimal(new BigInteger(bytes(value)), scale)
                                        : value);
            }
            case "Date" -> typed(ColumnType.DATE, Conversions::day);
            case "Time" -> typed(ColumnType.TIME, value -> time(value, MICROS_PER_MILLI, 1));
            case "Timestamp" ->
                    typed(ColumnType.TIMESTAMP, value -> wallTime(value, MICROS_PER_MILLI, 1));
            default -> null;
        };
    }

    private static @Nullable Conversion debezium(String name, JsonNode field) {
        return switch (name) {
            case "time.Date" -> typed(ColumnType.DATE, Conversions::day);
            case "time.Time" -> typed(ColumnType.TIME, value -> time(value, MICROS_PER_MILLI, 1));
            case "time.MicroTime" -> typed(ColumnType.TIME, value -> time(value, 1, 1));
            case "time.NanoTime" ->
                    typed(ColumnType.TIME, value -> time(value, 1, NANOS_PER_MICRO));
            case "time.Timestamp" ->
                    typed(ColumnType.TIMESTAMP, value -> wallTime(value, MICROS_PER_MILLI, 1));
            case "time.MicroTimestamp" ->
                    typed(ColumnType.TIMESTAMP, value -> wallTime(value, 1, 1));
            case "time.NanoTimestamp" ->
                    typed(ColumnType.TIMESTAMP, value -> wallTime(value, 1, NANOS_PER_MICRO));
            case "time.ZonedTimestamp" -> typed(ColumnType.TIMESTAMPTZ, Conversions::moment);
            case "data.Json" -> typed(ColumnType.JSONB, Conversions::json);
            case "data.Uuid" -> typed(ColumnType.UUID, value -> value);
            case "data.Bits" -> {
                int length = parameter(field, "length");
                yield typed(ColumnType.TEXT, value -> bits(bytes(value), length));
            }
            case "data.VariableScaleDecimal" ->
                    typed(ColumnType.NUMERIC, Conversions::variableScaleDecimal);
            default -> null;
        };
    }

    private static Conversion typed(ColumnType type, UnaryOperator<Object> operator) {
        return new Typed(type, operator);
    }

    private static int parameter(JsonNode field, String name) {
        return field.path("parameters").path(name).asInt(0);
    }

    private static Object text(Object value) {
        return value instanceof Written written ? written.text() : value;
    }

    private static byte[] bytes(Object value) {
        return Base64.getDecoder().decode(text(value).toString());
    }

    /** JSON has no such numbers, so that they come as words. */
    private static Object floating(Object value) {
        return switch (value) {
            case Long number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            case String word ->
                    switch (word) {
                        case "NaN" -> Double.NaN;
                        case "Infinity" -> Double.POSITIVE_INFINITY;
                        case "-Infinity" -> Double.NEGATIVE_INFINITY;
                        default -> value;
                    };
            default -> value;
        };
    }

    private static Object day(Object value) {
        return value instanceof Long days && days == days.intValue()
                ? new Day(days, value.toString())
                : value;
    }

    private static Object time(Object value, long factor, long divisor) {
        if (!(value instanceof Long number)) {
            return value;
        }
        long micros = Math.floorDiv(Math.multiplyExact(number, factor), divisor);
        return micros < 0 || micros > MICROS_PER_DAY
                ? value
                : new TimeOfDay(micros, value.toString());
    }

    private static Object wallTime(Object value, long factor, long divisor) {
        if (!(value instanceof Long number)) {
            return value;
        }
        long micros = Math.floorDiv(Math.multiplyExact(number, factor), divisor);
        return micros < Times.MIN_MICROS ? value : new WallTime(micros, value.toString());
    }

    private static Object moment(Object value) {
        Timestamp time = value instanceof String text ? Times.parse(text) : null;
        return time == null ? value : time;
    }

    private static Object json(Object value) {
        if (value instanceof Json) {
            return value;
        }
        try (JsonParser parser =
                FACTORY.createParser(ObjectReadContext.empty(), text(value).toString())) {
            if (parser.nextToken() == null) {
                return value;
            }
            return JsonText.copy(parser);
        }
    }

    /** The digits of a bit string, of which the bytes have the last ones first. */
    private static String bits(byte[] bytes, int length) {
        int count = length > 0 ? length : bytes.length * Byte.SIZE;
        StringBuilder digits = new StringBuilder(count);
        for (int bit = count - 1; bit >= 0; bit--) {
            int at = bit / Byte.SIZE;
            boolean set = at < bytes.length && ((bytes[at] >> (bit % Byte.SIZE)) & 1) != 0;
            digits.append(set ? '1' : '0');
        }
        return digits.toString();
    }

    private static Object variableScaleDecimal(Object value) {
        if (!(value instanceof Json json)) {
            return value;
        }
        JsonNode struct = MAPPER.readTree(json.utf8());
        return Numbers.parse(
                new BigDecimal(
                                new BigInteger(bytes(struct.path("value").asString())),
                                struct.path("scale").asInt())
                        .toString());
    }
}
