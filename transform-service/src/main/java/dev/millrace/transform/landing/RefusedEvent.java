package dev.millrace.transform.landing;

import dev.millrace.contracts.record.ClientTimes;
import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.contracts.record.SegmentTables;
import dev.millrace.transform.quarantine.ExactJson;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An event of the Segment API that its door refused, as the door would have sent it on: by the same
 * rules for its call, its identity, its people and its times, and with the same fields added. What
 * a batch gave to all of its events was not kept with it.
 */
final class RefusedEvent {

    /** What a door keeps instead of a value that is too large, or that may not be stored. */
    private static final List<Set<String>> REMAINS =
            List.of(Set.of("bytes", "beginning"), Set.of("bytes", "hmac_sha256"), Set.of("bytes"));

    private static final int MESSAGE_ID_CHARACTERS = 100;

    /** The calls with the streams of their events; those of a track call have a stream each. */
    private static final Map<String, String> STREAMS =
            Map.of(
                    "identify", "identifies",
                    "page", "pages",
                    "screen", "screens",
                    "group", "groups",
                    "alias", "aliases");

    private static final String TRACK = "track";

    private final ObjectNode event;
    private final Circumstances circumstances;

    private RefusedEvent(ObjectNode event, Circumstances circumstances) {
        this.event = event;
        this.circumstances = circumstances;
    }

    /**
     * What is known of an event beside its value.
     *
     * @param stream the one that its door told, if it could
     * @param id what to call it if it has no identity of its own: the same at every attempt
     */
    record Circumstances(
            String source,
            @Nullable String stream,
            String id,
            Instant receivedAt,
            @Nullable String revision,
            @Nullable String traceParent) {}

    /** An event as a record of its source's topic. */
    record Completed(RecordEnvelope envelope, JsonNode value) {}

    /** What is kept of the event cannot be one. */
    static final class UnusableException extends Exception {
        UnusableException(String message) {
            super(message);
        }
    }

    /**
     * Completes an event, whose value is of no use afterwards.
     *
     * @throws UnusableException with what a patch has to mend, if one can
     */
    static Completed complete(JsonNode value, Circumstances circumstances)
            throws UnusableException {
        return new RefusedEvent(object(value), circumstances).complete();
    }

    private static ObjectNode object(JsonNode value) throws UnusableException {
        if (value instanceof ArrayNode array) {
            throw new UnusableException(
                    "these are %d events of one batch: send each of them to the door again"
                            .formatted(array.size()));
        }
        if (!(value instanceof ObjectNode object)) {
            throw new UnusableException("an event is a JSON object");
        }
        if (REMAINS.contains(Set.copyOf(object.propertyNames()))) {
            throw new UnusableException(
                    "only the size and an excerpt or digest of this event were kept, as it was too"
                            + " large or of no known shape: it has to be sent to the door again");
        }
        if (object.path("batch").isArray()) {
            throw new UnusableException(
                    "this is a batch of %d events: send each of them to the door again"
                            .formatted(object.path("batch").size()));
        }
        return object;
    }

    private Completed complete() throws UnusableException {
        String call = call();
        event.remove("writeKey");
        if (event.path("action").isString() && event.path("action").asString().equals(call)) {
            event.remove("action");
        }
        String id = messageId();
        event.put("messageId", id);
        event.put("type", call);
        checkPeople(call);
        checkObjects();
        String stream = stream(call);
        Instant time = setTimes();
        return new Completed(
                new RecordEnvelope(
                        id,
                        circumstances.source(),
                        stream,
                        time,
                        circumstances.receivedAt(),
                        null,
                        circumstances.revision(),
                        circumstances.traceParent()),
                event);
    }

    /** The event says it itself, or its door knew, or it has the name of a track call's event. */
    private String call() throws UnusableException {
        JsonNode said = event.has("type") ? event.path("type") : event.path("action");
        if (said.isString() && isCall(said.asString())) {
            return said.asString();
        }
        String stream = circumstances.stream();
        if (stream != null && !stream.isEmpty()) {
            return STREAMS.entrySet().stream()
                    .filter(call -> call.getValue().equals(stream))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(TRACK);
        }
        if (said.isMissingNode() && event.path("event").isString()) {
            return TRACK;
        }
        throw new UnusableException(
                "the event's type is not known: it is identify, track, page, screen, group or alias"
                        + " (patch /type)");
    }

    private static boolean isCall(String type) {
        return type.equals(TRACK) || STREAMS.containsKey(type);
    }

    private String messageId() throws UnusableException {
        String id = identifier("messageId", null);
        if (id == null) {
            return circumstances.id();
        }
        if (id.length() >= MESSAGE_ID_CHARACTERS
                || id.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            throw new UnusableException(
                    "a messageId is shorter than %d characters, and has neither control characters nor half a surrogate pair (patch /messageId)"
                            .formatted(MESSAGE_ID_CHARACTERS));
        }
        return id;
    }

    private void checkPeople(String call) throws UnusableException {
        String userId = identifier("userId", "user_id");
        String anonymousId = identifier("anonymousId", "anonymous_id");
        String previousId = identifier("previousId", "previous_id");
        String groupId = identifier("groupId", "group_id");
        if (call.equals("alias") && (userId == null || previousId == null)) {
            throw new UnusableException(
                    "an alias call needs userId and previousId (patch /userId, /previousId)");
        }
        if (userId == null && anonymousId == null) {
            throw new UnusableException(
                    "the event has neither userId nor anonymousId (patch /userId or /anonymousId)");
        }
        if (call.equals("group") && groupId == null) {
            throw new UnusableException("a group call needs a groupId (patch /groupId)");
        }
    }

    /** An id as text, however it was spelled; empty ones and null are none. */
    private @Nullable String identifier(String name, @Nullable String oldName)
            throws UnusableException {
        JsonNode value = event.get(name);
        if (value == null && oldName != null) {
            value = event.remove(oldName);
        }
        String id = null;
        if (value != null && !value.isNull()) {
            Optional<String> digits = ExactJson.digits(value);
            if (digits.isEmpty() && !value.isString()) {
                throw new UnusableException("%1$s is a string (patch /%1$s)".formatted(name));
            }
            id = digits.orElseGet(value::asString);
        }
        if (id == null || id.isBlank()) {
            event.remove(name);
            return null;
        }
        event.put(name, id);
        return id;
    }

    /** Empty arrays are what PHP makes of empty objects. */
    private void checkObjects() throws UnusableException {
        for (String name : List.of("properties", "traits", "context", "integrations")) {
            JsonNode value = event.get(name);
            if (value == null || value instanceof ObjectNode) {
                continue;
            }
            if (value.isNull()) {
                event.remove(name);
            } else if (value instanceof ArrayNode array && array.isEmpty()) {
                event.set(name, event.objectNode());
            } else {
                throw new UnusableException("%1$s is an object (patch /%1$s)".formatted(name));
            }
        }
    }

    private String stream(String call) throws UnusableException {
        if (!call.equals(TRACK)) {
            return STREAMS.getOrDefault(call, call);
        }
        JsonNode name = event.path("event");
        if (!name.isString() || name.asString().isBlank()) {
            throw new UnusableException(
                    "a track call needs the event's name in 'event' (patch /event)");
        }
        return SegmentTables.streamOfEvent(name.asString());
    }

    private Instant setTimes() {
        JsonNode original =
                present("timestamp").or(() -> present("originalTimestamp")).orElse(null);
        JsonNode sentAt = present("sentAt").orElse(null);
        Instant time =
                ClientTimes.corrected(
                        time(original).orElse(null),
                        time(sentAt).orElse(null),
                        circumstances.receivedAt());
        if (original != null) {
            event.set("originalTimestamp", original);
        }
        event.put("timestamp", time.toString());
        event.put("receivedAt", circumstances.receivedAt().toString());
        return time;
    }

    private Optional<JsonNode> present(String name) {
        return Optional.ofNullable(event.get(name)).filter(value -> !value.isNull());
    }

    private static Optional<Instant> time(@Nullable JsonNode value) {
        if (value == null) {
            return Optional.empty();
        }
        return value.isString()
                ? ClientTimes.ofText(value.asString())
                : ExactJson.digits(value).flatMap(ClientTimes::ofEpoch);
    }
}
