package dev.millrace.contracts.project.alert;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** The unit of time that an alert's values are of. */
public enum Granularity {
    SECOND(Duration.ofSeconds(1)),
    MINUTE(Duration.ofMinutes(1)),
    HOUR(Duration.ofHours(1)),
    DAY(null),
    WEEK(null),
    MONTH(null),
    QUARTER(null),
    YEAR(null);

    private final @Nullable Duration width;

    Granularity(@Nullable Duration width) {
        this.width = width;
    }

    /** Whether its buckets may begin at any moment, and so end at that of the evaluation. */
    public boolean isAligned() {
        return width != null;
    }

    /** The length of one that {@link #isAligned()}. */
    public Duration width() {
        if (width == null) {
            throw new IllegalStateException(this + " differs in length");
        }
        return width;
    }
}
