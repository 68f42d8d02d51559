package dev.millrace.transform.landing.row;

import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.landing.value.Numbers;
import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.landing.value.Uuid;
import dev.millrace.transform.landing.value.Written;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Reads the JSON of records, token by token, into the rows of a {@link Layout}. */
public final class ValueReader {

    /** Deeper objects land whole, as {@code jsonb}. */
    private static final int MAX_COLUMN_DEPTH = 16;

    private static final int MAX_DEPTH = 1_000;

    /** What {@code numeric} holds has at most 131,072 digits before the point and 16,383 after. */
    private static final int MAX_NUMBER_LENGTH = 160_000;

    private final JsonFactory factory =
            JsonFactory.builder()
                    // A reader is for one thread, and the pool of all of them costs each record.
                    .recyclerPool(JsonRecyclerPools.threadLocalPool())
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(MAX_NUMBER_LENGTH)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    /** Whether the texts of the record at hand are as PostgreSQL keeps them. */
    private boolean plain;

    /**
     * Adds the rows of a record to its layout's batches, or none.
     *
     * @throws MalformedValueException if the value is no JSON
     * @throws ContractViolationException if a row is not what it is held to
     */
    public void read(byte[] value, Layout layout, Arrival arrival)
            throws MalformedValueException, ContractViolationException {
        layout.begin();
        plain = Text.isPlain(value);
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), value)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedValueException("the value is empty");
            }
            if (layout instanceof SegmentLayout && first != JsonToken.START_OBJECT) {
                throw new MalformedValueException("the message is no JSON object");
            }
            read(parser, first, layout, layout.root());
            if (parser.nextToken() != null) {
                throw new MalformedValueException("there is more than one JSON value");
            }
        } catch (JacksonException e) {
            throw malformed(e);
        }
        layout.end(arrival);
    }

    /** Sets the values of a part of a record, which is one JSON object. */
    public void read(
            byte[] record, int from, int to, ChangeLayout layout, @Nullable ValueSchema schema)
            throws MalformedValueException {
        plain = Text.isPlain(record, from, to);
        try (JsonParser parser =
                factory.createParser(ObjectReadContext.empty(), record, from, to - from)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedValueException("the value is empty");
            }
            read(parser, first, layout, layout.root(schema));
            if (parser.nextToken() != null) {
                throw new MalformedValueException("there is more than one JSON value");
            }
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** A parser for a record from some byte on, with the limits of all records. */
    public JsonParser parser(byte[] record, int from) {
        return factory.createParser(ObjectReadContext.empty(), record, from, record.length - from);
    }

    /** What is said of a value that is no JSON. */
    public static MalformedValueException malformed(JacksonException e) {
        return new MalformedValueException(
                "no JSON: %s (line %d, column %d)"
                        .formatted(
                                e.getOriginalMessage(),
                                e.getLocation().getLineNr(),
                                e.getLocation().getColumnNr()));
    }

    /** The value that the parser stands at; null for JSON's null. */
    public static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT, START_ARRAY -> JsonText.copy(parser);
            case VALUE_STRING -> text(true, Text.clean(parser.getString()));
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> Numbers.parse(parser.getString());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private void read(JsonParser parser, JsonToken token, Layout layout, Path path) {
        if (path.use() == Path.Use.SKIP) {
            parser.skipChildren();
            return;
        }
        switch (token) {
            case START_OBJECT -> {
                if (path.depth() >= (layout.isFlat() ? 1 : MAX_COLUMN_DEPTH)
                        || path.use() == Path.Use.LAND_WHOLE) {
                    layout.set(path, JsonText.copy(parser));
                } else {
                    readMembers(parser, layout, path);
                }
            }
            case START_ARRAY -> layout.set(path, JsonText.copy(parser));
            case VALUE_STRING -> {
                String raw = parser.getString();
                layout.set(path, text(layout.narrowsTexts(), plain ? raw : Text.clean(raw)));
            }
            case VALUE_NUMBER_INT -> layout.set(path, integer(parser));
            case VALUE_NUMBER_FLOAT -> layout.set(path, Numbers.parse(parser.getString()));
            case VALUE_TRUE -> layout.set(path, true);
            case VALUE_FALSE -> layout.set(path, false);
            default -> layout.setNull(path);
        }
    }

    private void readMembers(JsonParser parser, Layout layout, Path path) {
        String name;
        int members = 0;
        while ((name = parser.nextName()) != null) {
            Path child = layout.child(path, name);
            read(parser, parser.nextToken(), layout, child);
            members++;
        }
        if (path.object() != RowCheck.NO_OBJECT) {
            layout.members(path, members);
        }
    }

    private static Object text(boolean narrows, String text) {
        Written narrower = Times.parse(text);
        if (narrower == null && narrows) {
            narrower = Day.parse(text);
            if (narrower == null) {
                narrower = Uuid.parse(text);
            }
        }
        return narrower != null ? narrower : text;
    }

    private static Object integer(JsonParser parser) {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> Numbers.parse(parser.getBigIntegerValue());
        };
    }
}
