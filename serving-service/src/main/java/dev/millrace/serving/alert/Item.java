package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a notification says of one instance, as it was when the notification was written.
 *
 * @param labels all of them, sorted
 * @param endsAt null while it fires
 */
record Item(
        State state,
        Map<String, String> labels,
        Map<String, String> annotations,
        Instant startsAt,
        @Nullable Instant endsAt) {

    Item {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    boolean isFiring() {
        return state == State.FIRING;
    }
}
