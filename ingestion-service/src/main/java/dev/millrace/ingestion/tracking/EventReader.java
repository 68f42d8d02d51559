package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.ClientTimes;
import dev.millrace.contracts.record.SegmentTables;
import dev.millrace.ingestion.payload.Json;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Holds an event to the rules of the format, and completes it. */
final class EventReader {

    private final Circumstances circumstances;

    EventReader(Circumstances circumstances) {
        this.circumstances = circumstances;
    }

    /** Reads one event, of a size in bytes as it was sent. */
    Event read(Json item, int size) throws RefusedEventException {
        if (!(item instanceof Json.Struct struct)) {
            throw RefusedEventException.invalid("an event is a JSON object");
        }
        if (size > Limits.EVENT_BYTES) {
            throw RefusedEventException.tooLarge(
                    "the event has " + size + " bytes; at most " + Limits.EVENT_BYTES + " go in");
        }
        checkShape(Limits.EVENT_DEPTH, struct);
        Call call = call(struct);
        Map<String, Json> fields = new LinkedHashMap<>(struct.fields());
        fields.remove("writeKey");
        fields.remove("action", new Json.Text(call.type()));
        String messageId = messageId(fields);
        fields.put("messageId", new Json.Text(messageId));
        fields.put("type", new Json.Text(call.type()));
        checkIdentity(call, fields);
        checkObjects(fields);
        String stream = stream(call, struct);
        Instant time = setTimes(fields);
        EventContext.complete(fields, circumstances);
        Json.Struct payload = new Json.Struct(fields);
        if (circumstances.hasShared()) {
            checkShape(Limits.EVENT_DEPTH, payload);
        }
        return new Event(payload, messageId, stream, time);
    }

    /** The stream that a refused event would have gone to, as far as that can be told. */
    Optional<String> streamOf(Json item) {
        try {
            return item instanceof Json.Struct struct
                    ? Optional.of(stream(call(struct), struct))
                    : Optional.empty();
        } catch (RefusedEventException e) {
            return Optional.empty();
        }
    }

    /** The identity of a refused event, if it came with a usable one: none is made up for it. */
    static Optional<String> messageIdOf(Json item) {
        try {
            return item instanceof Json.Struct struct
                    ? Optional.ofNullable(sentMessageId(new LinkedHashMap<>(struct.fields())))
                    : Optional.empty();
        } catch (RefusedEventException e) {
            return Optional.empty();
        }
    }

    private Call call(Json.Struct event) throws RefusedEventException {
        if (circumstances.call() != null) {
            return circumstances.call();
        }
        // The oldest clients call it action.
        Json type = event.value("type") == null ? event.value("action") : event.value("type");
        Call call = type instanceof Json.Text text ? Call.named(text.value()) : null;
        if (call == null) {
            throw RefusedEventException.invalid(
                    "an event of a batch has a type: identify, track, page, screen, group or"
                            + " alias");
        }
        return call;
    }

    private static String messageId(Map<String, Json> fields) throws RefusedEventException {
        String sent = sentMessageId(fields);
        return sent == null ? UUID.randomUUID().toString() : sent;
    }

    private static @Nullable String sentMessageId(Map<String, Json> fields)
            throws RefusedEventException {
        String id = identifier(fields, "messageId", null);
        if (id == null) {
            return null;
        }
        if (id.length() >= Limits.MESSAGE_ID_CHARACTERS) {
            throw RefusedEventException.invalid(
                    "a messageId is shorter than " + Limits.MESSAGE_ID_CHARACTERS + " characters");
        }
        if (id.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            throw RefusedEventException.invalid(
                    "a messageId holds neither control characters nor half a surrogate pair");
        }
        return id;
    }

    private static void checkIdentity(Call call, Map<String, Json> fields)
            throws RefusedEventException {
        String userId = identifier(fields, "userId", "user_id");
        String anonymousId = identifier(fields, "anonymousId", "anonymous_id");
        String previousId = identifier(fields, "previousId", "previous_id");
        String groupId = identifier(fields, "groupId", "group_id");
        if (call == Call.ALIAS && (userId == null || previousId == null)) {
            throw RefusedEventException.nobody(
                    "no_user_anon_id: an alias call needs userId and previousId");
        }
        if (userId == null && anonymousId == null) {
            throw RefusedEventException.nobody(
                    "no_user_anon_id: the event has neither userId nor anonymousId");
        }
        if (call == Call.GROUP && groupId == null) {
            throw RefusedEventException.invalid("a group call needs a groupId");
        }
    }

    /**
     * An id as text, however it was spelled; empty ones and null are none. The event has it as text
     * from now on, so that its column has one type.
     */
    private static @Nullable String identifier(
            Map<String, Json> fields, String name, @Nullable String oldName)
            throws RefusedEventException {
        Json value = fields.get(name);
        if (value == null && oldName != null && fields.containsKey(oldName)) {
            value = fields.remove(oldName);
        }
        String id =
                switch (value) {
                    case null -> null;
                    case Json.Text text -> text.value();
                    case Json.Numeral numeral -> numeral.digits();
                    case Json.Literal literal when literal == Json.Literal.NULL -> null;
                    default -> throw RefusedEventException.invalid(name + " is a string");
                };
        if (id == null || id.isBlank()) {
            fields.remove(name);
            return null;
        }
        fields.put(name, new Json.Text(id));
        return id;
    }

    /** Empty arrays are what PHP makes of empty objects. */
    private static void checkObjects(Map<String, Json> fields) throws RefusedEventException {
        for (String name : new String[] {"properties", "traits", "context", "integrations"}) {
            Json value = fields.get(name);
            if (value instanceof Json.Sequence sequence && sequence.items().isEmpty()) {
                fields.put(name, new Json.Struct(Map.of()));
            } else if (value == Json.Literal.NULL) {
                fields.remove(name);
            } else if (value != null && !(value instanceof Json.Struct)) {
                throw RefusedEventException.invalid(name + " is an object");
            }
        }
    }

    private static String stream(Call call, Json.Struct event) throws RefusedEventException {
        if (call != Call.TRACK) {
            return call.table();
        }
        if (!(event.value("event") instanceof Json.Text name) || name.value().isBlank()) {
            throw RefusedEventException.invalid("a track call needs the event's name in 'event'");
        }
        return SegmentTables.streamOfEvent(name.value());
    }

    private Instant setTimes(Map<String, Json> fields) {
        Json original = fields.get("timestamp");
        if (original == null || original == Json.Literal.NULL) {
            original = fields.get("originalTimestamp");
        }
        Json sentAt = fields.get("sentAt");
        if (sentAt == null || sentAt == Json.Literal.NULL) {
            sentAt = circumstances.sentAt();
        }
        Instant receivedAt = circumstances.receivedAt();
        Instant time =
                ClientTimes.corrected(
                        Timestamps.read(original).orElse(null),
                        Timestamps.read(sentAt).orElse(null),
                        receivedAt);
        putIfPresent(fields, "originalTimestamp", original);
        putIfPresent(fields, "sentAt", sentAt);
        fields.put("timestamp", new Json.Text(time.toString()));
        fields.put("receivedAt", new Json.Text(receivedAt.toString()));
        return time;
    }

    private static void putIfPresent(Map<String, Json> fields, String name, @Nullable Json value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /** Depth and names, by one look at each value, which ends at the first that is too deep. */
    private static void checkShape(int levels, Json value) throws RefusedEventException {
        switch (value) {
            case Json.Struct struct -> {
                checkDepth(levels);
                for (Map.Entry<String, Json> field : struct.fields().entrySet()) {
                    checkName(field.getKey());
                    checkShape(levels - 1, field.getValue());
                }
            }
            case Json.Sequence sequence -> {
                checkDepth(levels);
                for (Json item : sequence.items()) {
                    checkShape(levels - 1, item);
                }
            }
            case Json.Text text -> {}
            case Json.Numeral numeral -> {}
            case Json.Literal literal -> {}
        }
    }

    private static void checkDepth(int levels) throws RefusedEventException {
        if (levels == 0) {
            throw RefusedEventException.invalid(
                    "the event is nested deeper than " + Limits.EVENT_DEPTH + " levels");
        }
    }

    private static void checkName(String name) throws RefusedEventException {
        // No character has fewer bytes than one, nor more than three to each of its chars.
        if (name.length() > Limits.NAME_BYTES
                || (name.length() > Limits.NAME_BYTES / 3
                        && name.getBytes(StandardCharsets.UTF_8).length > Limits.NAME_BYTES)) {
            throw RefusedEventException.invalid(
                    "the event has a key of more than " + Limits.NAME_BYTES + " bytes");
        }
    }
}
