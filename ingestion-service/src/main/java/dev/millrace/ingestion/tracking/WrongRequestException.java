package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.source.DoorCounts.TurnedAway;

import org.jspecify.annotations.Nullable;

/** A request of which nothing is taken, with what its caller is told. */
final class WrongRequestException extends Exception {

    private final @Nullable TurnedAway outcome;
    private final transient Answer answer;

    private WrongRequestException(@Nullable TurnedAway outcome, Answer answer) {
        super(String.valueOf(answer));
        this.outcome = outcome;
        this.answer = answer;
    }

    /** The request as a whole is not what the door takes. */
    static WrongRequestException turnedAway(TurnedAway outcome, Answer answer) {
        return new WrongRequestException(outcome, answer);
    }

    /** An event of it is not, which is counted as such. */
    static WrongRequestException refused(Answer answer) {
        return new WrongRequestException(null, answer);
    }

    /** What it is counted as; null if its events are. */
    @Nullable TurnedAway outcome() {
        return outcome;
    }

    Answer answer() {
        return answer;
    }
}
