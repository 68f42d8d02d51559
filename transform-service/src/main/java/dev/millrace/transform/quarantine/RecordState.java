package dev.millrace.transform.quarantine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What has been decided on a record in quarantine. */
enum RecordState {
    /** Nothing yet. */
    HELD,
    /** It has landed after all. */
    REPLAYED,
    /** It is not wanted. */
    DISCARDED;

    /** How the database and answers write it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<RecordState> of(String text) {
        return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
    }
}
