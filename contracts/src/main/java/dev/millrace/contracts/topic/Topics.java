package dev.millrace.contracts.topic;

import dev.millrace.contracts.topic.Topic.Cleanup;
import dev.millrace.contracts.topic.Topic.Owner;

import java.time.Duration;

/** Every topic that Millrace creates. Topics that users declare themselves stand in the project. */
public final class Topics {

    /** Partitions of a source's topic: a fixed number, as a key must stay where its history is. */
    public static final int RAW_PARTITIONS = 4;

    private static final String RAW_PREFIX = "raw.";
    private static final Duration RAW_RETENTION = Duration.ofDays(7);
    private static final Duration EVENT_RETENTION = Duration.ofDays(7);

    /** What a door refused but answered 200 for, with the reason in the headers. */
    public static final Topic QUARANTINE =
            new Topic(
                    "millrace.quarantine",
                    "source",
                    1,
                    Cleanup.DELETE,
                    RAW_RETENTION,
                    Owner.INGESTION);

    /** A relation of the warehouse changed: {@code dev.millrace.contracts.event.DatasetChanged}. */
    public static final Topic DATASETS =
            new Topic(
                    "millrace.datasets",
                    "relation",
                    1,
                    Cleanup.DELETE,
                    EVENT_RETENTION,
                    Owner.TRANSFORM);

    /** A run began or ended: {@code dev.millrace.contracts.event.RunChanged}. */
    public static final Topic RUNS =
            new Topic("millrace.runs", "run", 1, Cleanup.DELETE, EVENT_RETENTION, Owner.TRANSFORM);

    /** A table changed, or is to: {@code dev.millrace.contracts.event.SchemaChanged}. */
    public static final Topic SCHEMAS =
            new Topic(
                    "millrace.schemas",
                    "relation",
                    1,
                    Cleanup.DELETE,
                    EVENT_RETENTION,
                    Owner.TRANSFORM);

    /** What serving wants kept beforehand: {@code dev.millrace.contracts.event.RollupWanted}. */
    public static final Topic ROLLUPS =
            new Topic(
                    "millrace.rollups", "rollup", 1, Cleanup.COMPACT, Duration.ZERO, Owner.SERVING);

    /** Whose changes are to be written down: {@code dev.millrace.contracts.event.FeedWanted}. */
    public static final Topic FEEDS =
            new Topic(
                    "millrace.feeds", "relation", 1, Cleanup.COMPACT, Duration.ZERO, Owner.SERVING);

    private Topics() {}

    /** The topic that carries the records of a source that has a door. */
    public static Topic raw(String source) {
        return new Topic(
                RAW_PREFIX + source,
                "what must stay in order: user, device or primary key",
                RAW_PARTITIONS,
                Cleanup.DELETE,
                RAW_RETENTION,
                Owner.INGESTION);
    }
}
