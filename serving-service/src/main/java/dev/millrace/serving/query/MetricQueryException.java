package dev.millrace.serving.query;

/** A query of the platform itself that got no answer; its message says why. */
public final class MetricQueryException extends Exception {

    MetricQueryException(String message, Throwable cause) {
        super(message, cause);
    }

    public MetricQueryException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
