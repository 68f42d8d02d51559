package dev.millrace.transform.run.artifact;

import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;

/** Writes plain values and those of templates as JSON. */
final class JsonValues {

    private JsonValues() {}

    static void write(JsonGenerator json, String name, @Nullable Object value) {
        json.writeName(name);
        write(json, value);
    }

    static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case None none -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case BigInteger number -> json.writeNumber(number);
            case BigDecimal number -> json.writeNumber(number);
            case Number number -> real(json, number.doubleValue());
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((key, item) -> write(json, key(key), item));
                json.writeEndObject();
            }
            case Collection<?> items -> {
                json.writeStartArray();
                items.forEach(item -> write(json, item));
                json.writeEndArray();
            }
            // What YAML and templates have beside these, such as a day, is text to other programs.
            default -> json.writeString(String.valueOf(value));
        }
    }

    private static String key(@Nullable Object key) {
        return key == null ? "null" : Values.text(key);
    }

    /** JSON has no word for what is no number. */
    private static void real(JsonGenerator json, double number) {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeNull();
        }
    }
}
