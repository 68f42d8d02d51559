package dev.millrace.transform.run.node;

import java.time.Instant;

/**
 * A part of a model's rows: those of some time.
 *
 * @param id dbt's name for it, such as {@code 20260131}
 * @param start first moment that belongs to it
 * @param end first moment that does not
 */
public record Batch(String id, Instant start, Instant end) {}
