package dev.millrace.transform.landing;

import dev.millrace.transform.quarantine.ExactJson;
import dev.millrace.transform.quarantine.NoJsonException;

import org.apache.kafka.common.TopicPartition;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a source is to go on, checked.
 *
 * @param streams only these; empty for all
 * @param skip whether a partition may also go forward, and leave records out
 * @param dryRun only to find out what would be
 */
record RewindAsked(Target target, Set<String> streams, boolean skip, boolean dryRun) {

    private static final Set<String> NAMES = Set.of("to", "offsets", "streams", "skip", "dry_run");

    private static final String NO_FORGETTING =
            "Identities are not forgotten while their rows stand there, or the rows would land"
                    + " twice. To build a table anew: pause the source, DROP the table, rewind,"
                    + " resume.";

    /** A place in the logs. */
    sealed interface Target {

        /** The first record of each partition whose time is not before this. */
        record Time(Instant at) implements Target {}

        /** An offset for each partition that is to move. */
        record Offsets(Map<TopicPartition, Long> byPartition) implements Target {}
    }

    /** A request makes no sense, or cannot be done; the message says what to do instead. */
    static final class RefusedException extends Exception {
        RefusedException(String message) {
            super(message);
        }
    }

    static RewindAsked parse(byte[] body) throws RefusedException {
        JsonNode read;
        try {
            read = ExactJson.read(body);
        } catch (NoJsonException e) {
            throw new RefusedException("The body is " + e.getMessage() + ".");
        }
        if (!(read instanceof ObjectNode json)) {
            throw new RefusedException(
                    "Send an object, such as {\"to\": \"2026-03-01T12:00:00Z\"}.");
        }
        for (String name : json.propertyNames()) {
            if (name.equals("forget")) {
                throw new RefusedException(NO_FORGETTING);
            }
            if (!NAMES.contains(name)) {
                throw new RefusedException(
                        "There is no '%s'. Give some of %s.".formatted(name, new TreeSet<>(NAMES)));
            }
        }
        if (json.has("to") == json.has("offsets")) {
            throw new RefusedException("Say where to go on: either 'to' or 'offsets'.");
        }
        return new RewindAsked(
                json.has("to") ? time(json.path("to")) : offsets(json.path("offsets")),
                streams(json.path("streams")),
                isTrue(json, "skip"),
                isTrue(json, "dry_run"));
    }

    private static Target time(JsonNode json) throws RefusedException {
        try {
            return new Target.Time(OffsetDateTime.parse(json.stringValue("")).toInstant());
        } catch (DateTimeException e) {
            throw new RefusedException(
                    "'to' is a time with its zone, such as 2026-03-01T12:00:00Z.");
        }
    }

    private static Target offsets(JsonNode json) throws RefusedException {
        Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
        if (json instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                offsets.put(partition(entry.getKey()), offset(entry.getKey(), entry.getValue()));
            }
        }
        if (offsets.isEmpty()) {
            throw new RefusedException(
                    "'offsets' is an object of partitions and offsets, such as {\"raw.web-0\":"
                            + " 17}.");
        }
        return new Target.Offsets(offsets);
    }

    private static TopicPartition partition(String name) throws RefusedException {
        int dash = name.lastIndexOf('-');
        try {
            return new TopicPartition(
                    name.substring(0, Math.max(0, dash)),
                    Integer.parseInt(name.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new RefusedException(
                    "'%s' is no partition: write topic, hyphen and number, such as raw.web-0."
                            .formatted(name));
        }
    }

    private static long offset(String partition, JsonNode value) throws RefusedException {
        try {
            return Long.parseLong(ExactJson.digits(value).orElse(""));
        } catch (NumberFormatException e) {
            throw new RefusedException(
                    "The offset of '%s' is a whole number.".formatted(partition));
        }
    }

    private static Set<String> streams(JsonNode json) throws RefusedException {
        Set<String> streams = new LinkedHashSet<>();
        for (JsonNode stream : json) {
            if (!stream.isString()) {
                break;
            }
            streams.add(stream.asString());
        }
        if (!json.isMissingNode()
                && (!json.isArray() || streams.isEmpty() || streams.size() != json.size())) {
            throw new RefusedException("'streams' is a list of names, each once.");
        }
        return streams;
    }

    private static boolean isTrue(ObjectNode json, String name) throws RefusedException {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new RefusedException("'%s' is true or false.".formatted(name));
        }
        return value.isBoolean() && value.asBoolean();
    }
}
