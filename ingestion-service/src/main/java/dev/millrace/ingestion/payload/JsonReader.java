package dev.millrace.ingestion.payload;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads one JSON text, token by token where the caller wants to know where in the bytes a value
 * stands.
 */
public final class JsonReader implements AutoCloseable {

    /** A text that is nested deeper than this is refused as a whole. */
    public static final int MAX_DEPTH = 1_000;

    /**
     * Numbers are never computed with, so their length costs nothing; how long a text or a name may
     * be is the caller's limit.
     */
    private static final StreamReadConstraints CONSTRAINTS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build();

    private final byte[] bytes;
    private final int start;
    private final JsonParser parser;

    /** Begins to read; what precedes the first value is skipped. */
    public JsonReader(byte[] bytes) throws InvalidJsonException {
        this.bytes = bytes;
        this.start = hasByteOrderMark(bytes) ? 3 : 0;
        for (int i = start; i < Math.min(start + 4, bytes.length); i++) {
            // A zero byte here means UTF-16 or UTF-32, and so does a byte that UTF-8 never has.
            if (bytes[i] == 0 || bytes[i] == (byte) 0xFE || bytes[i] == (byte) 0xFF) {
                throw new InvalidJsonException("JSON is sent in UTF-8");
            }
        }
        // A factory remembers the names that its parsers read, to make each but once. One that
        // outlives the text would keep what strangers send, for as long as the process runs.
        this.parser =
                JsonFactory.builder()
                        .streamReadConstraints(CONSTRAINTS)
                        .build()
                        .createParser(
                                ObjectReadContext.empty(), bytes, start, bytes.length - start);
    }

    /** Reads a text that is one value and nothing else. */
    public static Json read(byte[] bytes) throws InvalidJsonException {
        try (JsonReader reader = new JsonReader(bytes)) {
            reader.next();
            Json value = reader.value();
            reader.end();
            return value;
        }
    }

    /** Moves to the next token. */
    public JsonToken next() throws InvalidJsonException {
        try {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new InvalidJsonException("the JSON ends too early");
            }
            return token;
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /** The name of the field whose name or value is the current token. */
    public String name() {
        return Objects.requireNonNull(parser.currentName(), "not within an object");
    }

    /** The value that begins at the current token, to its end. */
    public Json value() throws InvalidJsonException {
        try {
            return value(parser.currentToken());
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /** Passes by the value that begins at the current token, and keeps nothing of it. */
    public void skip() throws InvalidJsonException {
        try {
            parser.skipChildren();
            // A text is only looked at when somebody asks for it, and may be damaged.
            parser.finishToken();
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /** Where the current token begins, as an index into the bytes. */
    public int tokenStart() {
        return start + Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    }

    /** Where the text read so far ends, as an index into the bytes. */
    public int position() {
        return start + Math.toIntExact(parser.currentLocation().getByteOffset());
    }

    /** Makes sure that nothing but white space follows. */
    public void end() throws InvalidJsonException {
        try {
            if (parser.nextToken() != null) {
                throw new InvalidJsonException("more follows after the JSON has ended");
            }
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    @Override
    public void close() {
        parser.close();
    }

    private Json value(JsonToken token) throws InvalidJsonException {
        return switch (token) {
            case START_OBJECT -> struct();
            case START_ARRAY -> sequence();
            case VALUE_STRING -> new Json.Text(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Numeral(parser.getString());
            case VALUE_TRUE -> Json.Literal.TRUE;
            case VALUE_FALSE -> Json.Literal.FALSE;
            case VALUE_NULL -> Json.Literal.NULL;
            default -> throw new InvalidJsonException("no value begins here");
        };
    }

    private Json.Struct struct() throws InvalidJsonException {
        Map<String, Json> fields = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            fields.put(name, value(next()));
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new InvalidJsonException("the JSON ends too early");
        }
        return new Json.Struct(fields);
    }

    private Json.Sequence sequence() throws InvalidJsonException {
        List<Json> items = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(value(token));
        }
        return new Json.Sequence(items);
    }

    private InvalidJsonException invalid(JacksonException e) {
        return new InvalidJsonException(
                "no JSON: "
                        + e.getOriginalMessage()
                        + " (at byte "
                        + Math.min(bytes.length, start + parser.currentLocation().getByteOffset())
                        + ")",
                e);
    }

    private static boolean hasByteOrderMark(byte[] bytes) {
        return bytes.length >= 3
                && bytes[0] == (byte) 0xEF
                && bytes[1] == (byte) 0xBB
                && bytes[2] == (byte) 0xBF;
    }
}
