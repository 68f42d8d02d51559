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
 * @param excess the items of a batch that are more than it may have
 * @param isBatch whether the events stood in an array {@code batch}
 * @param envelope what stands beside the events of a batch; of a single call the event itself
 */
record ParsedBody(
        List<Item> items, @Nullable Excess excess, boolean isBatch, Json.Struct envelope) {

    private static final Json.Struct NOTHING = new Json.Struct(Map.of());

    /** What a value costs as an object, beside its characters. */
    private static final int VALUE_WEIGHT = 64;

    /** How many times its bytes a usual body comes to as objects, which the buffer allows for. */
    private static final int USUAL_FACTOR = 8;

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

    /**
     * Items of which nothing was made, as nobody takes them.
     *
     * @param count how many
     * @param start index of the first byte of the first in the body
     * @param end index after the last byte of the last
     */
    record Excess(int count, int start, int end) {}

    /**
     * What to reserve before a body is parsed, beyond its bytes: next to nothing for usual ones,
     * much for those that are made of values with hardly a character.
     */
    static long weight(byte[] body) {
        long values = 1;
        for (byte b : body) {
            if (b == ',' || b == '[' || b == '{') {
                values++;
            }
        }
        return Math.max(0, values * VALUE_WEIGHT - (long) body.length * USUAL_FACTOR);
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
            Items items = null;
            Map<String, Json> envelope = new LinkedHashMap<>();
            while (reader.next() != JsonToken.END_OBJECT) {
                String name = reader.name();
                boolean isArray = reader.next() == JsonToken.START_ARRAY;
                if (name.equals("batch") && isArray) {
                    items = Items.read(reader);
                } else {
                    envelope.put(name, reader.value());
                }
            }
            reader.end();
            Json.Struct rest = new Json.Struct(envelope);
            return items == null
                    ? whole(rest, body)
                    : new ParsedBody(items.taken, items.excess, true, rest);
        }
    }

    /** How many events there are, also those that are too many. */
    int total() {
        return items.size() + (excess == null ? 0 : excess.count());
    }

    /** The key in the body, where the caller sent none outside. */
    @Nullable String writeKey() {
        return envelope.value("writeKey") instanceof Json.Text key ? key.value() : null;
    }

    private static ParsedBody whole(Json value, byte[] body) {
        return new ParsedBody(
                List.of(new Item(value, 0, body.length)),
                null,
                false,
                value instanceof Json.Struct struct ? struct : NOTHING);
    }

    /** The array of a batch. */
    private record Items(List<Item> taken, @Nullable Excess excess) {

        static Items read(JsonReader reader) throws InvalidJsonException {
            List<Item> taken = new ArrayList<>();
            Excess excess = null;
            while (reader.next() != JsonToken.END_ARRAY) {
                int start = reader.tokenStart();
                if (taken.size() < Limits.BATCH_EVENTS) {
                    Json value = reader.value();
                    taken.add(new Item(value, start, reader.position()));
                } else {
                    reader.skip();
                    excess =
                            excess == null
                                    ? new Excess(1, start, reader.position())
                                    : new Excess(excess.count + 1, excess.start, reader.position());
                }
            }
            return new Items(taken, excess);
        }
    }
}
