package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A relation as a query saw it.
 *
 * @param oid PostgreSQL's number for it; another one stands for another table of the same name
 * @param file its storage, which changes when it is written anew
 * @param rule the last change of its definition, if it is a view; else 0
 * @param view whether it has no rows of its own
 * @param version counted by who writes it; null if nobody counts
 * @param changedAt when it got this version
 * @param watermark latest event time in it
 * @param failedChecks checks that fail on its rows
 */
record ReadRelation(
        long oid,
        String name,
        long file,
        long rule,
        boolean view,
        @Nullable Long version,
        @Nullable Instant changedAt,
        @Nullable Instant watermark,
        List<String> failedChecks) {

    ReadRelation {
        failedChecks = List.copyOf(failedChecks);
    }

    /** The same as it was at another version. */
    ReadRelation at(long other) {
        return new ReadRelation(
                oid, name, file, rule, view, other, changedAt, watermark, failedChecks);
    }

    /** The one of two that has the lower version. */
    ReadRelation earlier(ReadRelation other) {
        return version != null && other.version != null && other.version < version ? other : this;
    }

    /** Whether it is told when its rows change. */
    boolean isWatched() {
        return view || version != null;
    }

    /** Whether nothing of it has changed. */
    boolean isSame(@Nullable ReadRelation now) {
        return now != null
                && name.equals(now.name)
                && file == now.file
                && rule == now.rule
                && Objects.equals(version, now.version);
    }
}
