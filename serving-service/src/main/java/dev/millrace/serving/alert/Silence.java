package dev.millrace.serving.alert;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Keeps receivers from hearing of what all its matchers match, for a time. */
record Silence(
        String id,
        List<Matcher> matchers,
        Instant startsAt,
        Instant endsAt,
        Instant createdAt,
        String createdBy,
        String comment) {

    Silence {
        matchers = List.copyOf(matchers);
    }

    boolean isActive(Instant now) {
        return !now.isBefore(startsAt) && now.isBefore(endsAt);
    }

    boolean silences(Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.matches(labels));
    }
}
