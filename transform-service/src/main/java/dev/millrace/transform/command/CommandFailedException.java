package dev.millrace.transform.command;

import java.io.Serial;

/** A command could not be carried out: exit code 2, in dbt's way. The message is for its user. */
final class CommandFailedException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
        super(message);
    }

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
