package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.python.DateValue;
import dev.millrace.transform.model.python.PythonTimes;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** What psycopg2 makes of PostgreSQL's values; lists and dicts become JSON, as dbt writes them. */
final class PostgresValue {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private PostgresValue() {}

    /**
     * A value from how PostgreSQL writes it.
     *
     * @param type the name of its type, which begins with an underscore for an array
     */
    static Object of(String type, @Nullable String text) {
        if (text == null) {
            return None.NONE;
        }
        try {
            Object value =
                    type.startsWith("_") ? array(type.substring(1), text) : scalar(type, text);
            return value instanceof List<?> || value instanceof Map<?, ?>
                    ? JsonText.of(value)
                    : value;
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            return text; // such as a date that is infinity
        }
    }

    private static Object array(String type, String text) {
        return isKnown(type) ? new ArrayText(text, element -> scalar(type, element)).read() : text;
    }

    /** Arrays of other types stay texts. */
    private static boolean isKnown(String type) {
        return switch (type) {
            case "int2",
                    "int4",
                    "int8",
                    "oid",
                    "float4",
                    "float8",
                    "numeric",
                    "bool",
                    "text",
                    "varchar",
                    "bpchar",
                    "name",
                    "date",
                    "timestamp",
                    "timestamptz",
                    "time",
                    "timetz",
                    "interval",
                    "inet",
                    "cidr",
                    "macaddr",
                    "json",
                    "jsonb" ->
                    true;
            default -> false;
        };
    }

    private static Object scalar(String type, String text) {
        return switch (type) {
            case "int2", "int4", "int8", "oid", "serial", "bigserial", "smallserial" ->
                    Long.valueOf(text);
            case "float4", "float8" -> real(text);
            case "numeric" -> decimal(text);
            case "bool" -> text.equals("t") || text.equals("true");
            case "date" -> new DateValue(java.time.LocalDate.parse(text));
            case "timestamp" -> PythonTimes.timestamp(text);
            case "timestamptz" -> PythonTimes.timestamp(text);
            case "time", "timetz" -> PythonTimes.time(text);
            case "interval" -> PythonTimes.interval(text);
            case "json", "jsonb" -> json(text);
            default -> text;
        };
    }

    private static Object real(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.valueOf(text);
        };
    }

    private static Object decimal(String text) {
        return text.endsWith("NaN") || text.endsWith("Infinity")
                ? real(text)
                : new BigDecimal(text);
    }

    private static Object json(String text) {
        try {
            return Values.of(JSON.readValue(text, Object.class));
        } catch (JacksonException e) {
            return text;
        }
    }
}
