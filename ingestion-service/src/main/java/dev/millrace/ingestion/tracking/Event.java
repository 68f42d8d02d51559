package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.Json;

import java.time.Instant;

/**
 * An event as it goes on: complete, and in Segment's own form.
 *
 * @param payload the message, with all four times
 * @param messageId its identity
 * @param stream the stream it belongs to
 * @param time when it happened, by our clock
 */
record Event(Json.Struct payload, String messageId, String stream, Instant time) {}
