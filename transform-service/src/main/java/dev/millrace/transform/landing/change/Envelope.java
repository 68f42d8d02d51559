package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.MalformedValueException;
import dev.millrace.transform.landing.row.ValueReader;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import java.nio.charset.StandardCharsets;

/**
 * Finds out what a record is: Debezium's envelope or a flattened row, with the schema of Kafka
 * Connect beside it or without; and where in its bytes the rows stand. One for many records.
 */
final class Envelope {

    /** What a record is. */
    enum Shape {
        ENVELOPE,
        ROW,
        /** JSON's null, alone or as the payload beside a schema. */
        NOTHING
    }

    /** A part of a record's bytes. */
    static final class Range {
        private int from;
        private int to;

        int from() {
            return from;
        }

        int to() {
            return to;
        }

        boolean isPresent() {
            return to > 0;
        }

        void set(int begin, int end) {
            from = begin;
            to = end;
        }

        private void clear() {
            from = 0;
            to = 0;
        }
    }

    private final ValueReader values;
    private final SourceBlock source = new SourceBlock();
    private final Range schema = new Range();
    private final Range before = new Range();
    private final Range after = new Range();
    private final Range row = new Range();
    private @Nullable String document;
    private @Nullable String operation;
    private long millis;

    // How far the parser's count of bytes is from the record's.
    private long shift;

    Envelope(ValueReader values) {
        this.values = values;
    }

    SourceBlock source() {
        return source;
    }

    Range schema() {
        return schema;
    }

    Range before() {
        return before;
    }

    Range after() {
        return after;
    }

    /** The flattened row. */
    Range row() {
        return row;
    }

    /** The row after the change where it is JSON within a text, as MongoDB's documents are. */
    @Nullable String document() {
        return document;
    }

    String operation() {
        return operation == null ? "" : operation;
    }

    /** When the connector saw it, in milliseconds since 1970; 0 if it is not said. */
    long millis() {
        return millis;
    }

    /**
     * Looks through a record.
     *
     * @param from where its payload begins, if a schema that is known stands before it; or 0
     */
    Shape scan(byte[] record, int from) throws MalformedValueException {
        clear();
        try (JsonParser parser = values.parser(record, from)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedValueException("the value is empty");
            }
            if (first == JsonToken.VALUE_NULL) {
                return Shape.NOTHING;
            }
            if (first != JsonToken.START_OBJECT) {
                throw new MalformedValueException("the change is no JSON object");
            }
            shift = start(record, from) + 1 - offset(parser);
            Shape shape = from == 0 ? wrapped(parser, record) : payload(parser);
            boolean ends =
                    from > 0
                            ? closes(record, position(parser))
                            : shape == Shape.ROW || parser.nextToken() == null;
            if (!ends) {
                throw new MalformedValueException("there is more than one JSON value");
            }
            return shape;
        } catch (JacksonException e) {
            throw ValueReader.malformed(e);
        }
    }

    private void clear() {
        source.clear();
        schema.clear();
        before.clear();
        after.clear();
        row.clear();
        document = null;
        operation = null;
        millis = 0;
    }

    /** Whether nothing but the end of an object follows. */
    private static boolean closes(byte[] record, int from) {
        return new String(record, from, record.length - from, StandardCharsets.UTF_8)
                .strip()
                .equals("}");
    }

    private static int start(byte[] record, int from) throws MalformedValueException {
        int at = from;
        while (at < record.length && record[at] != '{') {
            at++;
        }
        if (at == record.length || (at + 1 < record.length && record[at + 1] == 0)) {
            throw new MalformedValueException("the value is not written in UTF-8");
        }
        return at;
    }

    private Shape wrapped(JsonParser parser, byte[] record) {
        int begin = position(parser) - 1;
        String name = parser.nextName();
        if (name == null || !(name.equals("schema") || name.equals("payload"))) {
            return members(parser, name, begin, record.length);
        }
        Shape shape = Shape.NOTHING;
        boolean others = false;
        while (name != null) {
            JsonToken token = parser.nextToken();
            switch (name) {
                case "schema" -> skip(parser, token, schema);
                case "payload" -> {
                    if (token == JsonToken.START_OBJECT) {
                        shape = payload(parser);
                    } else {
                        others |= token != JsonToken.VALUE_NULL;
                        parser.skipChildren();
                    }
                }
                default -> {
                    others = true;
                    parser.skipChildren();
                }
            }
            name = parser.nextName();
        }
        if (others || !schema.isPresent()) {
            // A row whose columns have those names.
            row.from = begin;
            row.to = record.length;
            return Shape.ROW;
        }
        return shape;
    }

    private Shape payload(JsonParser parser) {
        int begin = position(parser) - 1;
        Shape shape = members(parser, parser.nextName(), begin, 0);
        if (shape == Shape.ROW) {
            while (parser.currentToken() != JsonToken.END_OBJECT) {
                parser.nextToken();
                parser.skipChildren();
                parser.nextName();
            }
            row.to = position(parser);
        }
        return shape;
    }

    /** The members of an object, up to its end, or to the first that no envelope has. */
    private Shape members(JsonParser parser, @Nullable String first, int begin, int end) {
        String name = first;
        boolean hasSource = false;
        while (name != null) {
            switch (name) {
                case "before" -> skip(parser, parser.nextToken(), before);
                case "after" -> {
                    JsonToken token = parser.nextToken();
                    document = token == JsonToken.VALUE_STRING ? parser.getString() : null;
                    skip(parser, token, after);
                }
                case "source" -> {
                    hasSource = parser.nextToken() == JsonToken.START_OBJECT;
                    if (hasSource) {
                        source.read(parser);
                    }
                }
                case "op" -> {
                    operation = parser.nextStringValue();
                    parser.skipChildren();
                }
                case "ts_ms" ->
                        millis =
                                parser.nextToken() == JsonToken.VALUE_NUMBER_INT
                                        ? parser.getLongValue()
                                        : 0;
                case "ts_us", "ts_ns", "transaction", "message", "updateDescription" -> {
                    parser.nextToken();
                    parser.skipChildren();
                }
                default -> {
                    return row(begin, end);
                }
            }
            name = parser.nextName();
        }
        return hasSource && operation != null ? Shape.ENVELOPE : row(begin, end);
    }

    private Shape row(int begin, int end) {
        row.from = begin;
        row.to = end;
        return Shape.ROW;
    }

    private void skip(JsonParser parser, JsonToken token, Range range) {
        if (token != JsonToken.START_OBJECT) {
            parser.skipChildren();
            range.clear();
            return;
        }
        range.from = position(parser) - 1;
        parser.skipChildren();
        range.to = position(parser);
    }

    private int position(JsonParser parser) {
        return (int) (offset(parser) + shift);
    }

    private static long offset(JsonParser parser) {
        return parser.currentLocation().getByteOffset();
    }
}
