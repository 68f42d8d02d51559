package dev.millrace.serving.alert;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How an instance of an alert stands. */
enum State {
    /** All is well. */
    INACTIVE,
    /** Something is wrong, but not for long enough. */
    PENDING,
    FIRING,
    /** It fired, and is well again. */
    RESOLVED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<State> of(String text) {
        return Stream.of(values()).filter(state -> state.text().equals(text)).findFirst();
    }
}
