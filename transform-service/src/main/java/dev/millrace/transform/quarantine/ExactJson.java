package dev.millrace.transform.quarantine;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.POJONode;
import tools.jackson.databind.util.RawValue;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * JSON as a tree in which numbers stay as they are spelled: {@code 1.10} and {@code 1e400000} are
 * written as they were read. Of a member that stands twice the last value counts.
 */
public final class ExactJson {

    private static final int MAX_DEPTH = 1_000;
    private static final int MAX_NUMBER_LENGTH = 160_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(MAX_NUMBER_LENGTH)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .streamWriteConstraints(
                            StreamWriteConstraints.builder().maxNestingDepth(2 * MAX_DEPTH).build())
                    .build();

    /** Escapes all but ASCII, as halves of surrogate pairs can only be written so. */
    private static final JsonMapper WRITER =
            JsonMapper.builder(FACTORY).enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private ExactJson() {}

    /**
     * Reads one JSON value.
     *
     * @throws NoJsonException if that is not what the bytes are
     */
    public static JsonNode read(byte[] json) throws NoJsonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new NoJsonException("the value is empty");
            }
            JsonNode value = value(parser, first);
            if (parser.nextToken() != null) {
                throw new NoJsonException("there is more than one JSON value");
            }
            return value;
        } catch (JacksonException e) {
            throw new NoJsonException(
                    "no JSON: %s (line %d, column %d)"
                            .formatted(
                                    e.getOriginalMessage(),
                                    e.getLocation().getLineNr(),
                                    e.getLocation().getColumnNr()));
        }
    }

    public static byte[] write(JsonNode value) {
        return WRITER.writeValueAsBytes(value);
    }

    public static String text(JsonNode value) {
        return WRITER.writeValueAsString(value);
    }

    private static JsonNode value(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                String name;
                while ((name = parser.nextName()) != null) {
                    object.set(name, value(parser, parser.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                JsonToken next;
                while ((next = parser.nextToken()) != JsonToken.END_ARRAY) {
                    array.add(value(parser, next));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.stringNode(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    NODES.rawValueNode(new RawValue(parser.getString()));
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    /** The digits of a number, if the value is one. */
    public static Optional<String> digits(JsonNode value) {
        return (value instanceof POJONode node && node.getPojo() instanceof RawValue raw)
                ? Optional.of(String.valueOf(raw.rawValue()))
                : Optional.empty();
    }

    /** Whether two values are the same, as RFC 6902 compares them: numbers by their size. */
    static boolean same(JsonNode a, JsonNode b) {
        if (a instanceof ObjectNode one && b instanceof ObjectNode other) {
            return one.size() == other.size()
                    && one.properties().stream()
                            .allMatch(
                                    field -> {
                                        JsonNode match = other.get(field.getKey());
                                        return match != null && same(field.getValue(), match);
                                    });
        }
        if (a instanceof ArrayNode one && b instanceof ArrayNode other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!same(one.get(i), other.get(i))) {
                    return false;
                }
            }
            return true;
        }
        Optional<String> digits = digits(a);
        Optional<String> others = digits(b);
        return (digits.isPresent() && others.isPresent())
                ? sameNumber(digits.get(), others.get())
                : a.equals(b);
    }

    private static boolean sameNumber(String a, String b) {
        if (a.equals(b)) {
            return true;
        }
        try {
            return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
        } catch (NumberFormatException e) {
            // An exponent that no arithmetic reaches.
            return false;
        }
    }
}
