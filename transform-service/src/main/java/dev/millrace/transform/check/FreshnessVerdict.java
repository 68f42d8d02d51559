package dev.millrace.transform.check;

import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Locale;

/** What the age of a source's newest row comes to. */
public enum FreshnessVerdict {
    PASS,
    WARN,
    ERROR,
    /** The age could not be found out. */
    RUNTIME_ERROR;

    /** Judges an age: at the limit is still good. */
    public static FreshnessVerdict of(SourceTable.Freshness limits, Duration age) {
        if (exceeds(age, limits.errorAfter())) {
            return ERROR;
        }
        return exceeds(age, limits.warnAfter()) ? WARN : PASS;
    }

    private static boolean exceeds(Duration age, SourceTable.@Nullable Age limit) {
        return limit != null && age.compareTo(limit.duration()) > 0;
    }

    /** dbt's word for it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
