package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.Json;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Completes an event's context from its batch and from the connection that it came by. */
final class EventContext {

    private static final Set<String> CLIENT_CHANNELS = Set.of("browser", "mobile");
    private static final Set<String> CLIENT_LIBRARIES =
            Set.of(
                    "analytics.js",
                    "@segment/analytics-next",
                    "analytics-ios",
                    "analytics-android",
                    "analytics-swift",
                    "analytics-kotlin",
                    "analytics-react-native",
                    "@segment/analytics-react-native",
                    "analytics-flutter");

    private EventContext() {}

    /** Merges what the batch says of all events, and fills in the address where it belongs. */
    static void complete(Map<String, Json> fields, Circumstances circumstances) {
        merge(fields, "integrations", circumstances.integrations());
        merge(fields, "context", circumstances.context());
        Json.Struct context =
                fields.get("context") instanceof Json.Struct given
                        ? given
                        : new Json.Struct(Map.of());
        if (context.value("ip") == null && wantsAddress(fields, context, circumstances)) {
            Map<String, Json> completed = new LinkedHashMap<>(context.fields());
            completed.put("ip", new Json.Text(circumstances.address()));
            fields.put("context", new Json.Struct(completed));
        }
    }

    private static void merge(Map<String, Json> fields, String name, @Nullable Json shared) {
        if (shared instanceof Json.Struct general && !general.isEmpty()) {
            fields.put(
                    name,
                    fields.get(name) instanceof Json.Struct own ? merged(general, own) : general);
        }
    }

    /** The event's own values win, at every level. */
    private static Json.Struct merged(Json.Struct general, Json.Struct own) {
        Map<String, Json> merged = new LinkedHashMap<>(general.fields());
        own.fields()
                .forEach(
                        (key, value) ->
                                merged.merge(
                                        key,
                                        value,
                                        (ofBatch, ofEvent) ->
                                                ofBatch instanceof Json.Struct a
                                                                && ofEvent instanceof Json.Struct b
                                                        ? merged(a, b)
                                                        : ofEvent));
        return new Json.Struct(merged);
    }

    /** A server's address says nothing of its user, so that only a client's is taken unasked. */
    private static boolean wantsAddress(
            Map<String, Json> fields, Json.Struct context, Circumstances circumstances) {
        return context.value("direct") == Json.Literal.TRUE
                || circumstances.fromPage()
                || isOneOf(CLIENT_CHANNELS, fields.get("channel"))
                || isOneOf(CLIENT_CHANNELS, context.value("channel"))
                || (context.value("library") instanceof Json.Struct library
                        && isOneOf(CLIENT_LIBRARIES, library.value("name")));
    }

    private static boolean isOneOf(Set<String> values, @Nullable Json value) {
        return value instanceof Json.Text text && values.contains(text.value());
    }
}
