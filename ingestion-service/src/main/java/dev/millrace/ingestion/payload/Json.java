package dev.millrace.ingestion.payload;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * A JSON value as its sender wrote it: numbers keep their digits, objects their order. Values are
 * not changed once they were read; who wants a different one makes a new one.
 */
public sealed interface Json {

    /** An object. Of a key that comes twice the last value counts, as in JavaScript. */
    record Struct(Map<String, Json> fields) implements Json {

        /** The value of a key; null if it is absent or null. */
        public @Nullable Json value(String key) {
            Json value = fields.get(key);
            return value == Literal.NULL ? null : value;
        }

        public boolean isEmpty() {
            return fields.isEmpty();
        }
    }

    /** An array. */
    record Sequence(List<Json> items) implements Json {}

    /** A string, which may hold any UTF-16 units, also a lone surrogate or NUL. */
    record Text(String value) implements Json {}

    /** A number by the characters that were written. */
    record Numeral(String digits) implements Json {}

    /** The three words. */
    enum Literal implements Json {
        TRUE("true"),
        FALSE("false"),
        NULL("null");

        private final String word;

        Literal(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** A string if there is one. */
    static Json text(@Nullable String value) {
        return value == null ? Literal.NULL : new Text(value);
    }
}
