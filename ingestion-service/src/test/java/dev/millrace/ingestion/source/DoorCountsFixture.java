package dev.millrace.ingestion.source;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Counts for tests of other rooms. */
public final class DoorCountsFixture {

    private DoorCountsFixture() {}

    public static DoorCounts counts() {
        return new DoorCounts(new SimpleMeterRegistry());
    }
}
