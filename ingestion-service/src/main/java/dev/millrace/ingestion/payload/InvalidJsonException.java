package dev.millrace.ingestion.payload;

/** Bytes that are no JSON text in UTF-8. */
public final class InvalidJsonException extends Exception {

    InvalidJsonException(String message, Throwable cause) {
        super(message, cause);
    }

    public InvalidJsonException(String message) {
        super(message);
    }
}
