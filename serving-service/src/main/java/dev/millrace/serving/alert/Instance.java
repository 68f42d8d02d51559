package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One combination of values of an alert's dimensions, and how it stands.
 *
 * @param since when it came to this state
 * @param pendingSince since when something has been wrong
 * @param clearSince since when all has been well, while it still fires
 * @param told what receivers know: firing, resolved or nothing yet
 * @param mutedBy the silence or alert that keeps receivers from hearing of it
 * @param seenAt when there were last rows of it, or reason to look after it
 */
record Instance(
        String key,
        Map<String, String> labels,
        State state,
        Instant since,
        @Nullable Instant pendingSince,
        @Nullable Instant clearSince,
        @Nullable Instant firedAt,
        @Nullable Instant resolvedAt,
        @Nullable BigDecimal value,
        @Nullable String note,
        Map<String, @Nullable Object> evidence,
        @Nullable State told,
        @Nullable Instant toldAt,
        @Nullable String mutedBy,
        @Nullable Acknowledgement acknowledgement,
        Instant seenAt) {

    /** Somebody looks after it. */
    record Acknowledgement(Instant at, String by, String note) {}

    Instance {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }

    static Instance unseen(Map<String, String> labels, Instant now) {
        return new Instance(
                Labels.key(labels),
                labels,
                State.INACTIVE,
                now,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                now);
    }

    Instance observed(
            @Nullable BigDecimal newValue,
            @Nullable String newNote,
            Map<String, @Nullable Object> newEvidence,
            Instant now) {
        return new Instance(
                key,
                labels,
                state,
                since,
                pendingSince,
                clearSince,
                firedAt,
                resolvedAt,
                newValue,
                newNote,
                newEvidence,
                told,
                toldAt,
                mutedBy,
                acknowledgement,
                now);
    }

    Instance noted(String why) {
        return observed(value, why, evidence, seenAt);
    }

    /** All is well, or never was otherwise for long enough. */
    Instance inactive(Instant now) {
        return to(State.INACTIVE, now, null, null, firedAt, resolvedAt);
    }

    Instance pending(Instant from, Instant now) {
        return to(
                State.PENDING,
                state == State.PENDING ? since : now,
                from,
                null,
                firedAt,
                resolvedAt);
    }

    Instance firing(Instant from, Instant now) {
        return to(State.FIRING, now, from, null, now, null);
    }

    Instance clear(@Nullable Instant from) {
        return new Instance(
                key,
                labels,
                state,
                since,
                pendingSince,
                from,
                firedAt,
                resolvedAt,
                value,
                note,
                evidence,
                told,
                toldAt,
                mutedBy,
                acknowledgement,
                seenAt);
    }

    /** It fires no more; whoever looked after it is done. */
    Instance resolved(Instant now, @Nullable String why) {
        Instance resolved = to(State.RESOLVED, now, null, null, firedAt, now);
        return why == null ? resolved : resolved.noted(why);
    }

    Instance acknowledged(Acknowledgement by) {
        return new Instance(
                key,
                labels,
                state,
                since,
                pendingSince,
                clearSince,
                firedAt,
                resolvedAt,
                value,
                note,
                evidence,
                told,
                toldAt,
                mutedBy,
                by,
                seenAt);
    }

    Instance told(State what, Instant now) {
        return telling(what, now, null);
    }

    Instance muted(@Nullable String by) {
        return telling(told, toldAt, by);
    }

    private Instance telling(@Nullable State what, @Nullable Instant at, @Nullable String muted) {
        return new Instance(
                key,
                labels,
                state,
                since,
                pendingSince,
                clearSince,
                firedAt,
                resolvedAt,
                value,
                note,
                evidence,
                what,
                at,
                muted,
                acknowledgement,
                seenAt);
    }

    private Instance to(
            State next,
            Instant now,
            @Nullable Instant pending,
            @Nullable Instant clear,
            @Nullable Instant fired,
            @Nullable Instant resolved) {
        return new Instance(
                key,
                labels,
                next,
                now,
                pending,
                clear,
                fired,
                resolved,
                value,
                note,
                evidence,
                told,
                toldAt,
                mutedBy,
                // Whoever looked after it is done when all is well.
                next == State.INACTIVE || next == State.RESOLVED ? null : acknowledgement,
                seenAt);
    }
}
