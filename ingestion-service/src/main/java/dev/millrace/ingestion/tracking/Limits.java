package dev.millrace.ingestion.tracking;

/** The limits of the Segment HTTP Tracking API, and those that keep a request from growing here. */
final class Limits {

    /** The body of a call with one event. */
    static final int SINGLE_BYTES = 32 * 1024;

    /** The body of a batch. */
    static final int BATCH_BYTES = 500 * 1024;

    /** One event of a batch, as it was sent. */
    static final int EVENT_BYTES = 32 * 1024;

    /** Events of a batch that are taken. */
    static final int BATCH_EVENTS = 2_500;

    /** A {@code messageId} is shorter than this. */
    static final int MESSAGE_ID_CHARACTERS = 100;

    /** Levels of an event; what reads it later may recurse. */
    static final int EVENT_DEPTH = 100;

    /**
     * Excess events that are quarantined each for itself. Only a batch of items too short to be
     * events has more of them; these are kept together.
     */
    static final int EXCESS_APART = 10_000;

    /**
     * What the records of one request may come to. A batch's context is merged into each of its
     * events, so that a small body could ask for gigabytes.
     */
    static final long REQUEST_WEIGHT = 16L << 20;

    private Limits() {}
}
