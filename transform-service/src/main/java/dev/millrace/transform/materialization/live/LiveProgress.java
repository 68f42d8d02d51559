package dev.millrace.transform.materialization.live;

import io.micrometer.core.instrument.MeterRegistry;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** How far a live model is, for those who ask and those who measure. */
final class LiveProgress {

    private final LiveModel model;
    private final Clock clock;
    private final LiveMeters meters;

    private LiveStatus.State at = LiveStatus.State.WAITING;
    private String form;
    private @Nullable String failure;
    private @Nullable Instant behindSince;
    private @Nullable Instant appliedAt;
    private long rounds;

    LiveProgress(LiveModel model, String form, Clock clock, MeterRegistry registry) {
        this.model = model;
        this.form = form;
        this.clock = clock;
        this.meters =
                new LiveMeters(
                        registry, model.relation().toString(), this::behind, this::isFailing);
    }

    synchronized LiveStatus status() {
        return new LiveStatus(
                model.id(),
                model.relation().toString(),
                at,
                form,
                failure,
                behind(),
                rounds,
                appliedAt);
    }

    private synchronized Duration behind() {
        return behindSince == null ? Duration.ZERO : Duration.between(behindSince, clock.instant());
    }

    synchronized boolean isFailing() {
        return failure != null;
    }

    synchronized long rounds() {
        return rounds;
    }

    synchronized void planned(String how) {
        form = how;
    }

    /** Somebody else has the model. */
    synchronized void waits() {
        at = LiveStatus.State.WAITING;
        failure = null;
        behindSince = null;
    }

    synchronized void builds() {
        at = failure == null ? LiveStatus.State.BUILDING : LiveStatus.State.FAILING;
    }

    /** There is something to take in, loaded at some moment, if that is known. */
    synchronized void pending(@Nullable String oldest) {
        Instant since = oldest == null ? clock.instant() : instant(oldest);
        if (behindSince == null || since.isBefore(behindSince)) {
            behindSince = since;
        }
    }

    synchronized void applied(LiveSession.Round round, long nanos) {
        Instant now = clock.instant();
        rounds++;
        appliedAt = now;
        Instant oldest = round.oldest() == null ? now : instant(round.oldest());
        meters.applied(round.rows(), Duration.ofNanos(nanos), Duration.between(oldest, now));
    }

    /** It has all that there was. */
    synchronized void follows() {
        at = LiveStatus.State.FOLLOWING;
        failure = null;
        behindSince = null;
    }

    /**
     * Something failed.
     *
     * @return whether that is news
     */
    synchronized boolean failed(String message) {
        boolean isNew = !message.equals(failure);
        failure = message;
        at = LiveStatus.State.FAILING;
        if (behindSince == null) {
            behindSince = clock.instant();
        }
        meters.failed();
        return isNew;
    }

    void end() {
        meters.remove();
    }

    /** How PostgreSQL writes it: {@code 2026-01-02 03:04:05.678+00}. */
    private static Instant instant(String written) {
        return OffsetDateTime.parse(written.replace(' ', 'T') + ":00").toInstant();
    }
}
