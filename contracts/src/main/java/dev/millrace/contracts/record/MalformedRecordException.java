package dev.millrace.contracts.record;

/** A record whose headers do not follow {@link RecordHeaders}; it belongs into quarantine. */
public final class MalformedRecordException extends RuntimeException {

    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
