package dev.millrace.transform.schema;

import dev.millrace.contracts.project.source.SchemaContract.Mode;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A change that somebody has to decide on, or has decided on.
 *
 * @param revision revision of the project when it was first needed
 * @param records how many records have needed it
 * @param waiting how many of them are held for it now
 * @param then what becomes of records that need it although it was rejected
 */
public record Proposal(
        long id,
        WantedChange wanted,
        String revision,
        long records,
        long waiting,
        State state,
        Instant proposedAt,
        @Nullable Instant decidedAt,
        @Nullable String decidedBy,
        @Nullable String decidedWhy,
        Mode then) {

    /** Where a proposal stands. */
    public enum State {
        PROPOSED,
        APPROVED,
        REJECTED;

        /** How the database and answers write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The state of that name. */
        public static Optional<State> of(String text) {
            return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
        }
    }
}
