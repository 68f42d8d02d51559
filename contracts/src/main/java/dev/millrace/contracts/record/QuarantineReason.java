package dev.millrace.contracts.record;

import java.util.Locale;

/** Why a record could not go where it was meant to go. The code is stored and counted by. */
public enum QuarantineReason {
    /** The value is not the JSON that the source's format says. */
    MALFORMED,
    /** The event breaks a rule of the format, for example a track call without an event name. */
    INVALID_EVENT,
    /** The event is larger than the format allows. */
    TOO_LARGE,
    /** More events than one batch may carry. */
    TOO_MANY,
    /** A value that the column it belongs to cannot hold. */
    TYPE_MISMATCH,
    /** The schema contract of the source forbids the table, column or type. */
    SCHEMA_CONTRACT,
    /** The record breaks a rule of the data contract that its stream is bound to. */
    CONTRACT_VIOLATION,
    /** The record needs a change of the schema that somebody has to decide on first. */
    SCHEMA_REVIEW,
    /** The record names a source or stream that the project does not have. */
    UNKNOWN_SOURCE,
    /** The database refused the row for another reason; the detail has its words. */
    REJECTED;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
