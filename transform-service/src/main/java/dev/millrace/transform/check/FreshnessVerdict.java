package dev.millrace.transform.check;

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

    /**
     * Judges an age: at the limit is still good.
     *
     * @param warnAfter age beyond which it is a warning; null for none
     * @param errorAfter age beyond which it is an error; null for none
     */
    public static FreshnessVerdict of(
            Duration age, @Nullable Duration warnAfter, @Nullable Duration errorAfter) {
        if (exceeds(age, errorAfter)) {
            return ERROR;
        }
        return exceeds(age, warnAfter) ? WARN : PASS;
    }

    private static boolean exceeds(Duration age, @Nullable Duration limit) {
        return limit != null && age.compareTo(limit) > 0;
    }

    /** dbt's word for it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
