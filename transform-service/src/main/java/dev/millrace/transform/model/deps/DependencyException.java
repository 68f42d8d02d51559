package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Position;

import java.io.Serial;

/** A package cannot be had; the message says why and what to do. */
final class DependencyException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Position position;

    DependencyException(Position position, String message) {
        super(message);
        this.position = position;
    }

    /** Where the package is asked for. */
    Position position() {
        return position;
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}
