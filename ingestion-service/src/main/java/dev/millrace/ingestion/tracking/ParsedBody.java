package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.InvalidJsonException;
import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonReader;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonToken;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of a request, taken apart into events.
 *
 * @param items the events, with where they stand in the body; of a batch that has no array of them
 *     the body as a whole
 * @param isBatch whether the events stood in an array {@code batch}
 * @param envelope what stands beside the events of a batch; of a single call the event itself
 */
record ParsedBody(List<Item> items, boolean isBatch, Json.Struct envelope) {

    private static final Json.Struct NOTHING = new Json.Struct(Map.of());

    /**
     * One event.
     *
     * @param start index of its first byte in the body
     * @param end index after its last byte
     */
    record Item(Json value, int start, int end) {

        int size() {
            return end - start;
        }
    }

    static ParsedBody single(byte[] body) throws InvalidJsonException {
        Json event = JsonReader.read(body);
        return whole(event, body);
    }

    static ParsedBody batch(byte[] body) throws InvalidJsonException {
        try (JsonReader reader = new JsonReader(body)) {
            if (reader.next() != JsonToken.START_OBJECT) {
                Json other = reader.value();
                reader.end();
                return whole(other, body);
            }
            List<Item> items = null;
            Map<String, Json> envelope = new LinkedHashMap<>();
            while (reader.next() != JsonToken.END_OBJECT) {
                String name = reader.name();
                boolean isArray = reader.next() == JsonToken.START_ARRAY;
                if (name.equals("batch") && isArray) {
                    items = items(reader);
                } else {
                    envelope.put(name, reader.value());
                }
            }
            reader.end();
            Json.Struct rest = new Json.Struct(envelope);
            return items == null ? whole(rest, body) : new ParsedBody(items, true, rest);
        }
    }

    /** The key in the body, where the caller sent none outside. */
    @Nullable String writeKey() {
        return envelope.value("writeKey") instanceof Json.Text key ? key.value() : null;
    }

    private static ParsedBody whole(Json value, byte[] body) {
        return new ParsedBody(
                List.of(new Item(value, 0, body.length)),
                false,
                value instanceof Json.Struct struct ? struct : NOTHING);
    }

    private static List<Item> items(JsonReader reader) throws InvalidJsonException {
        List<Item> items = new ArrayList<>();
        while (reader.next() != JsonToken.END_ARRAY) {
            int start = reader.tokenStart();
            Json value = reader.value();
            items.add(new Item(value, start, reader.position()));
        }
        return items;
    }
}
