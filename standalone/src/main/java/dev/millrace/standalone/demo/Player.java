package dev.millrace.standalone.demo;

import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.demo.shop.History;
import dev.millrace.standalone.demo.shop.Nature;
import dev.millrace.standalone.demo.shop.Parcel;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Plays a history: sends parcel after parcel, each until it is answered. What gets no answer, or
 * one that asks for patience, is sent again with the same identities.
 */
final class Player {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Map<Door, Carrier> carriers;
    private final SentLog log;
    private final ProgressLine progress;
    private final Patience patience;

    /** How long a sender keeps trying. */
    record Patience(Duration firstPause, int attempts) {

        /** About two minutes, in which a crashed service has long been started again. */
        static final Patience LONG = new Patience(Duration.ofMillis(100), 30);
    }

    Player(Map<Door, Carrier> carriers, SentLog log, ProgressLine progress, Patience patience) {
        this.carriers = Map.copyOf(carriers);
        this.log = log;
        this.progress = progress;
        this.patience = patience;
    }

    void play(History history) throws IOException, InterruptedException, DemoFailedException {
        int total = history.messages();
        int sent = 0;
        progress.begin("playing the shop", "messages", total);
        for (Parcel parcel : history.parcels()) {
            log.sending(parcel);
            deliver(parcel);
            sent += parcel.messages().size();
            progress.reached(sent);
        }
        progress.end();
    }

    private void deliver(Parcel parcel)
            throws IOException, InterruptedException, DemoFailedException {
        Carrier carrier = carriers.get(parcel.door());
        if (carrier == null) {
            throw new IllegalStateException("nobody carries to " + parcel.door());
        }
        Duration pause = patience.firstPause();
        for (int attempt = 1; ; attempt++) {
            Answer answer = carrier.send(parcel, attempt);
            log.answered(parcel, answer);
            if (!answer.isTransient()) {
                check(parcel, answer);
                return;
            }
            if (attempt >= patience.attempts()) {
                throw new DemoFailedException(
                        "the source %s took parcel %d in none of %d attempts; the last answer was %s"
                                .formatted(
                                        parcel.door().source(),
                                        parcel.number(),
                                        attempt,
                                        told(answer)));
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }

    /** What must be taken is taken, and what must be refused is not taken. */
    private static void check(Parcel parcel, Answer answer) throws DemoFailedException {
        boolean asItMustBe =
                switch (parcel.nature()) {
                    case TRUNCATED, REFUSED_STRICTLY -> !answer.isAcknowledged();
                    // Segment answers 200 whatever the key; that nothing is stored shows later.
                    case UNKNOWN_KEY -> true;
                    default -> answer.isAcknowledged();
                };
        if (!asItMustBe) {
            throw new DemoFailedException(
                    "the source %s answered parcel %d, which is %s, with %s"
                            .formatted(
                                    parcel.door().source(),
                                    parcel.number(),
                                    parcel.nature() == Nature.ORDINARY
                                            ? "as it should be"
                                            : parcel.nature().code(),
                                    told(answer)));
        }
    }

    private static String told(Answer answer) {
        return (answer.status() == 0 ? "" : answer.status() + " ") + answer.text();
    }
}
