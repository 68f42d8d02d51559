package dev.millrace.ingestion.source;

/** Records cannot be stored now; the same request can be tried again later. */
public final class OutletUnavailableException extends Exception {

    private final Reason reason;

    /** What is in the way. */
    public enum Reason {
        /** Too much is on its way already. */
        BUFFER_FULL,
        /** Kafka does not take records, or does not have the topic yet. */
        KAFKA,
        /** Kafka did not acknowledge in time; the records may be stored. */
        NOT_ACKNOWLEDGED,
        /** The service is stopping. */
        STOPPING
    }

    public OutletUnavailableException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public OutletUnavailableException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
