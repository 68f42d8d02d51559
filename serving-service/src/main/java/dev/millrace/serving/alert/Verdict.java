package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the data says of one instance at one moment.
 *
 * @param value the latest
 * @param wrongFor for how long without a break, where the data itself tells
 * @param clearFor for how long it has been well, where the data itself tells
 * @param evidence the values that were looked at
 * @param seen whether there were rows of it
 */
record Verdict(
        Standing standing,
        BigDecimal value,
        @Nullable Duration wrongFor,
        @Nullable Duration clearFor,
        @Nullable String note,
        Map<String, @Nullable Object> evidence,
        boolean seen) {

    /** How a value stands to the condition. */
    enum Standing {
        WRONG,
        /** No longer wrong, but not as well as it has to be to resolve. */
        BETWEEN,
        CLEAR,
        /** Nobody can tell. */
        UNKNOWN
    }

    Verdict {
        evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }

    static Verdict unknown(BigDecimal value, String note, boolean seen) {
        return new Verdict(Standing.UNKNOWN, value, null, null, note, Map.of(), seen);
    }
}
