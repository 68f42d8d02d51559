package dev.millrace.contracts.warehouse;

/** The columns that every landed row has. A payload column of such a name is renamed. */
public final class RowColumns {

    public static final String PREFIX = "_mr_";

    /** Identity of the record: the source's own, or topic, partition and offset. */
    public static final String ID = PREFIX + "id";

    /** When it happened. */
    public static final String EVENT_AT = PREFIX + "event_at";

    /** When ingestion took it. */
    public static final String INGESTED_AT = PREFIX + "ingested_at";

    /** When it became queryable. */
    public static final String LOADED_AT = PREFIX + "loaded_at";

    private RowColumns() {}
}
