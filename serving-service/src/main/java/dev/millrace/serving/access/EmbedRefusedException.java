package dev.millrace.serving.access;

/** An address cannot be made for what was asked; says what may be. */
public final class EmbedRefusedException extends RuntimeException {

    EmbedRefusedException(String message) {
        super(message);
    }
}
