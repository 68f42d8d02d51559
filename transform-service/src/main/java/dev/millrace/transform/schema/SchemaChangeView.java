package dev.millrace.transform.schema;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/** One change of a source's tables, as operators see it. */
record SchemaChangeView(
        long id,
        Instant at,
        String relation,
        String change,
        @Nullable String column,
        @Nullable String type,
        @Nullable String origin,
        @Nullable String likelyRenamedFrom,
        @Nullable Long proposal,
        @Nullable String decidedBy,
        @Nullable String decidedWhy,
        String revision,
        @Nullable String topic,
        @Nullable Integer partition,
        @Nullable Long offset) {}
