package dev.millrace.ingestion.tracking;

/** The limits of the Segment HTTP Tracking API, and those that keep a request from growing here. */
final class Limits {

    /** The body of a call with one event. */
    static final int SINGLE_BYTES = 32 * 1024;

    /** The body of a batch. */
    static final int BATCH_BYTES = 500 * 1024;

    /** One event of a batch, as it was sent. */
    static final int EVENT_BYTES = 32 * 1024;

    /**
     * What a batch gives to each of its events, {@code context} and {@code integrations}. An event
     * on Kafka is thus no larger than this and itself together.
     */
    static final int SHARED_BYTES = 32 * 1024;

    /** Events of a batch that are taken; what is beyond is kept together. */
    static final int BATCH_EVENTS = 2_500;

    /** A {@code messageId} is shorter than this. */
    static final int MESSAGE_ID_CHARACTERS = 100;

    /** Levels of an event; what reads it later may recurse. */
    static final int EVENT_DEPTH = 100;

    /** A key of an object, in UTF-8: it becomes part of a column's name, or a key in a column. */
    static final int NAME_BYTES = 1_024;

    /**
     * What the records of one request may come to. A batch's context is merged into each of its
     * events, so that a small body could ask for gigabytes.
     */
    static final long REQUEST_WEIGHT = 8L << 20;

    /** What is kept of a value that is too large for a record. */
    static final int EXCERPT_BYTES = 16 * 1024;

    private Limits() {}
}
