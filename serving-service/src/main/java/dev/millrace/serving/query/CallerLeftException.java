package dev.millrace.serving.query;

import java.io.IOException;

/** Nobody reads the answer any more. */
final class CallerLeftException extends RuntimeException {

    CallerLeftException() {
        super("the caller left");
    }

    CallerLeftException(IOException cause) {
        super("the caller left", cause);
    }
}
