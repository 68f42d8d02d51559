package dev.millrace.contracts.record;

/**
 * Names of the headers of a record on a {@code raw.*} topic (CloudEvents 1.0 Kafka binding, section
 * 3.2 "Binary Content Mode": each attribute is a header {@code ce_<name>} in UTF-8).
 */
public final class RecordHeaders {

    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String SOURCE = "ce_source";

    /** The stream, which becomes a table in the source's schema. */
    public static final String TYPE = "ce_type";

    /** When it happened, RFC 3339. */
    public static final String TIME = "ce_time";

    /** When ingestion took it, RFC 3339. */
    public static final String INGESTED_AT = "ce_ingestedat";

    /** The kind of change for change events: c, u, d, r or t. */
    public static final String OPERATION = "ce_op";

    /** Of a change event: the generation of its source, which precedes its position. */
    public static final String GENERATION = "ce_generation";

    /**
     * Of a stream that is replaced: which load a record is of. A load is newer than those whose
     * names sort before its own, byte by byte.
     */
    public static final String LOAD = "ce_load";

    /**
     * On some record of a load, mostly the last: how many records with a value it has, in decimal.
     */
    public static final String LOAD_COUNT = "ce_loadcount";

    /** The revision of the project that the door worked by. */
    public static final String REVISION = "ce_revision";

    public static final String CONTENT_TYPE = "content-type";

    /** W3C Trace Context. */
    public static final String TRACE_PARENT = "traceparent";

    /** On the quarantine topic: why the door refused it, see {@link QuarantineReason#code()}. */
    public static final String REASON = "ce_reason";

    /** On the quarantine topic: what exactly was wrong, in words. */
    public static final String DETAIL = "ce_detail";

    private RecordHeaders() {}
}
