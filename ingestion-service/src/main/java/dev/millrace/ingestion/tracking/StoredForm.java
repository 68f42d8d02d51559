package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.ingestion.payload.InvalidJsonException;
import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonReader;
import dev.millrace.ingestion.payload.JsonWriter;
import dev.millrace.ingestion.payload.PersonalData;

import tools.jackson.core.JsonToken;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What may be stored of what a source was sent: nothing that its rules for personal data take away,
 * wherever a caller put it, and no write key.
 */
final class StoredForm {

    private static final String BATCH = "batch";
    private static final String WRITE_KEY = "writeKey";

    /** How many arrays and batches around an event are looked into for its write key. */
    private static final int KEY_LEVELS = 8;

    /** Columns of which an event has at least one, and which are not those of its envelope. */
    private static final Set<String> OF_AN_EVENT =
            Set.of(
                    BATCH,
                    "type",
                    "action",
                    "event",
                    "message_id",
                    "user_id",
                    "anonymous_id",
                    "previous_id",
                    "group_id",
                    "traits",
                    "properties");

    private final PersonalData rules;

    StoredForm(PersonalData rules) {
        this.rules = rules;
    }

    /** An event that is taken. */
    Json of(Json.Struct event) {
        return rules.isEmpty() ? event : applied(event);
    }

    /** A value of a body, by its own bytes if nothing has to be taken from it. */
    byte[] of(byte[] body, ParsedBody.Item item) {
        return rules.isEmpty() && !holdsWriteKey(item.value())
                ? Arrays.copyOfRange(body, item.start(), item.end())
                : JsonWriter.bytes(storedForm(body, item));
    }

    /**
     * Items of a batch together, as one array. They are read once more, one after another, as they
     * may be many.
     */
    byte[] together(byte[] body, int start, int end) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(end - start + 2);
        byte[] array = new byte[end - start + 2];
        array[0] = '[';
        System.arraycopy(body, start, array, 1, end - start);
        array[array.length - 1] = ']';
        try (JsonReader reader = new JsonReader(array)) {
            reader.next();
            char separator = '[';
            while (reader.next() != JsonToken.END_ARRAY) {
                int begin = reader.tokenStart();
                Json value = reader.value();
                all.write(separator);
                separator = ',';
                all.writeBytes(of(array, new ParsedBody.Item(value, begin, reader.position())));
            }
        } catch (InvalidJsonException e) {
            throw new IllegalStateException("what was read once cannot be read again", e);
        }
        all.write(']');
        return all.toByteArray();
    }

    /**
     * A batch as a whole.
     *
     * @param envelope what it gives to each of its events
     */
    byte[] batch(byte[] body, Json.Struct envelope, int start, int end) {
        byte[] before = JsonWriter.bytes(rules.apply(envelope));
        ByteArrayOutputStream all = new ByteArrayOutputStream(before.length + end - start);
        all.write(before, 0, before.length - 1);
        all.writeBytes(ascii(envelope.isEmpty() ? "\"batch\":" : ",\"batch\":"));
        all.writeBytes(together(body, start, end));
        all.write('}');
        return all.toByteArray();
    }

    /** Rules need to know where in a value they are: of any other nothing may be stored. */
    private Json storedForm(byte[] body, ParsedBody.Item item) {
        if (rules.isEmpty() || isRecognized(item.value())) {
            return applied(withoutWriteKey(item.value()));
        }
        Map<String, Json> instead = new LinkedHashMap<>();
        instead.put("bytes", new Json.Numeral(Integer.toString(item.size())));
        rules.fingerprint(Arrays.copyOfRange(body, item.start(), item.end()))
                .ifPresent(digest -> instead.put("hmac_sha256", new Json.Text(digest)));
        return new Json.Struct(instead);
    }

    private Json applied(Json value) {
        Json applied = rules.apply(value);
        if (rules.isEmpty() || !(applied instanceof Json.Struct struct)) {
            return applied;
        }
        // A batch at the door of one event, or one that is no array, or within another.
        Map<String, Json> fields = new LinkedHashMap<>(struct.fields());
        fields.replaceAll(
                (name, field) -> isColumn(BATCH, name) ? rules.applyAnywhere(field) : field);
        return new Json.Struct(fields);
    }

    private static boolean isRecognized(Json value) {
        return switch (value) {
            case Json.Struct struct ->
                    struct.isEmpty()
                            || struct.fields().keySet().stream()
                                    .map(Identifiers::snakeCase)
                                    .anyMatch(OF_AN_EVENT::contains);
            case Json.Sequence sequence ->
                    sequence.items().stream()
                            .allMatch(item -> item instanceof Json.Struct && isRecognized(item));
            case Json.Literal literal -> true;
            case Json.Text text -> false;
            case Json.Numeral numeral -> false;
        };
    }

    private static boolean isColumn(String column, String name) {
        return Identifiers.snakeCase(name).equals(column);
    }

    private static boolean holdsWriteKey(Json value) {
        return holdsWriteKey(value, KEY_LEVELS);
    }

    /** Where an event may stand: in arrays, and below another batch. */
    private static boolean holdsWriteKey(Json value, int levels) {
        return switch (value) {
            case Json.Struct struct -> {
                Json batch = struct.fields().get(BATCH);
                yield struct.fields().containsKey(WRITE_KEY)
                        || (levels > 0 && batch != null && holdsWriteKey(batch, levels - 1));
            }
            case Json.Sequence sequence ->
                    levels > 0
                            && sequence.items().stream()
                                    .anyMatch(item -> holdsWriteKey(item, levels - 1));
            default -> false;
        };
    }

    private static Json withoutWriteKey(Json value) {
        return holdsWriteKey(value) ? withoutWriteKey(value, KEY_LEVELS) : value;
    }

    private static Json withoutWriteKey(Json value, int levels) {
        return switch (value) {
            case Json.Struct struct -> {
                Map<String, Json> fields = new LinkedHashMap<>(struct.fields());
                fields.remove(WRITE_KEY);
                if (levels > 0) {
                    fields.computeIfPresent(
                            BATCH, (name, batch) -> withoutWriteKey(batch, levels - 1));
                }
                yield new Json.Struct(fields);
            }
            case Json.Sequence sequence when levels > 0 ->
                    new Json.Sequence(
                            sequence.items().stream()
                                    .map(item -> withoutWriteKey(item, levels - 1))
                                    .toList());
            default -> value;
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
