package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonWriter;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * What the events of one request have in common.
 *
 * @param call the call that the path names; null for a batch, whose events name their own
 * @param receivedAt when the request came
 * @param sentAt the batch's {@code sentAt}, for events without their own
 * @param context the batch's {@code context}, merged into each event
 * @param integrations the batch's {@code integrations}, merged into each event
 * @param address the peer's address
 * @param fromPage whether a browser's page sent it
 */
record Circumstances(
        @Nullable Call call,
        Instant receivedAt,
        @Nullable Json sentAt,
        @Nullable Json context,
        @Nullable Json integrations,
        String address,
        boolean fromPage) {

    static Circumstances of(
            @Nullable Call call,
            ParsedBody body,
            Instant receivedAt,
            String address,
            boolean fromPage) {
        Json.Struct envelope = body.envelope();
        return call != null
                ? new Circumstances(call, receivedAt, null, null, null, address, fromPage)
                : new Circumstances(
                        null,
                        receivedAt,
                        envelope.value("sentAt"),
                        envelope.value("context"),
                        envelope.value("integrations"),
                        address,
                        fromPage);
    }

    boolean hasShared() {
        return context != null || integrations != null;
    }

    /** What each event of the batch gets in addition. */
    int sharedBytes() {
        return bytes(context) + bytes(integrations);
    }

    private static int bytes(@Nullable Json value) {
        return value == null ? 0 : JsonWriter.bytes(value).length;
    }
}
