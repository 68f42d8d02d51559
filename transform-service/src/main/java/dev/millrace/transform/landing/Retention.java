package dev.millrace.transform.landing;

import org.jspecify.annotations.Nullable;

/**
 * How long a topic keeps its records.
 *
 * @param millis null if it is not for their age that they go
 * @param bytes of one partition; null if it is not for their size that they go
 */
record Retention(@Nullable Long millis, @Nullable Long bytes) {

    static final Retention FOREVER = new Retention(null, null);

    /**
     * A partition, and what of it has not landed.
     *
     * @param start the first offset that there is
     * @param end the offset after the last one
     * @param next the first one that has not landed
     * @param nextMillis when that record was written; null if that is not known, or recent
     * @param size bytes of all records; null if that is not known
     */
    record Unread(long start, long end, long next, @Nullable Long nextMillis, @Nullable Long size) {

        private double bytes() {
            return size == null || end <= start
                    ? 0
                    : (double) size * (end - next) / (double) (end - start);
        }
    }

    /** The part of it that is left before records go that have not landed, from 0 to 1. */
    double left(Unread unread, long now) {
        if (unread.next() < unread.start()) {
            return 0;
        }
        if (unread.next() >= unread.end()) {
            return 1;
        }
        double left = 1;
        Long written = unread.nextMillis();
        if (millis != null && written != null) {
            left = 1 - (double) (now - written) / Math.max(1, millis);
        }
        if (bytes != null) {
            left = Math.min(left, 1 - unread.bytes() / Math.max(1, bytes));
        }
        return Math.clamp(left, 0, 1);
    }
}
