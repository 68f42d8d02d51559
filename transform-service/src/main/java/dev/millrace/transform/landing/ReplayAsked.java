package dev.millrace.transform.landing;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.record.SegmentTables;
import dev.millrace.transform.landing.ReplayReader.Mending;
import dev.millrace.transform.quarantine.ExactJson;
import dev.millrace.transform.quarantine.InvalidFilterException;
import dev.millrace.transform.quarantine.InvalidPatchException;
import dev.millrace.transform.quarantine.JsonPatch;
import dev.millrace.transform.quarantine.NoJsonException;
import dev.millrace.transform.quarantine.QuarantineFilter;
import dev.millrace.transform.quarantine.Replays;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What somebody asks to be replayed, checked. It is read by hand, as a patch brings numbers that
 * have to stay as they are written.
 *
 * @param dryRun only to find out what would be
 */
record ReplayAsked(Replays.Request request, Mending mending, boolean dryRun) {

    private static final Set<String> NAMES =
            Set.of("filter", "patch", "stream", "limit", "dry_run");

    /** A request makes no sense; the message says what to send instead. */
    static final class UnclearException extends Exception {
        UnclearException(@Nullable String message) {
            super(message);
        }
    }

    static ReplayAsked parse(byte[] body) throws UnclearException {
        try {
            if (!(ExactJson.read(body) instanceof ObjectNode json)) {
                throw new UnclearException(
                        "Send an object, such as {\"filter\": {\"id_to\": 17}}.");
            }
            for (String name : json.propertyNames()) {
                if (!NAMES.contains(name)) {
                    throw new UnclearException(
                            "There is no '%s'. Give some of %s."
                                    .formatted(name, new TreeSet<>(NAMES)));
                }
            }
            QuarantineFilter filter = filter(json.get("filter"));
            JsonNode patch = json.path("patch");
            boolean patched = !patch.isMissingNode() && !patch.isNull();
            String stream = stream(json.path("stream"));
            return new ReplayAsked(
                    new Replays.Request(
                            filter,
                            patched ? ExactJson.text(patch) : null,
                            stream,
                            limit(json.path("limit"))),
                    new Mending(patched ? JsonPatch.of(patch) : null, stream),
                    isTrue(json.path("dry_run")));
        } catch (NoJsonException e) {
            throw new UnclearException("The body is " + e.getMessage() + ".");
        } catch (InvalidFilterException | InvalidPatchException e) {
            throw new UnclearException(e.getMessage());
        }
    }

    private static QuarantineFilter filter(@Nullable JsonNode json)
            throws InvalidFilterException, UnclearException {
        if (!(json instanceof ObjectNode object)) {
            return QuarantineFilter.ofJson(null);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            Optional<String> digits = ExactJson.digits(value);
            if (digits.isEmpty() && !value.isString() && !value.isNull()) {
                throw new UnclearException(
                        "The filter '%s' is a text or a number.".formatted(field.getKey()));
            }
            if (!value.isNull()) {
                values.put(field.getKey(), digits.orElseGet(value::asString));
            }
        }
        QuarantineFilter filter = QuarantineFilter.ofJson(values);
        if (!filter.meansHeld()) {
            throw new UnclearException("Only records that are held can land: leave 'state' out.");
        }
        return filter;
    }

    private static @Nullable String stream(JsonNode json) throws UnclearException {
        if (json.isMissingNode() || json.isNull()) {
            return null;
        }
        String stream = json.isString() ? json.asString() : "";
        boolean fits = stream.getBytes(StandardCharsets.UTF_8).length <= Identifiers.MAX_BYTES;
        boolean isName =
                SegmentTables.isStream(stream) || stream.equals(Identifiers.snakeCase(stream));
        if (stream.isEmpty() || !fits || !isName) {
            throw new UnclearException(
                    "'stream' is the name of a stream in snake case, such as order_completed.");
        }
        return stream;
    }

    private static @Nullable Long limit(JsonNode json)
            throws UnclearException, InvalidFilterException {
        if (json.isMissingNode() || json.isNull()) {
            return null;
        }
        long limit = QuarantineFilter.number("limit", ExactJson.digits(json).orElse("?"));
        if (limit < 1) {
            throw new UnclearException("'limit' is at least 1.");
        }
        return limit;
    }

    private static boolean isTrue(JsonNode json) throws UnclearException {
        if (!json.isMissingNode() && !json.isBoolean()) {
            throw new UnclearException("'dry_run' is true or false.");
        }
        return json.isBoolean() && json.asBoolean();
    }
}
