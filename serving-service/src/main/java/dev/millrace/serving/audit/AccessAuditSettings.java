package dev.millrace.serving.audit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How accesses to data are written down.
 *
 * @param mode what happens to a request that cannot be
 * @param queue requests under way and entries that are not yet written, together
 * @param patience how long a request waits for a place among them
 * @param kept how long entries are kept
 */
@ConfigurationProperties("millrace.serving.audit")
record AccessAuditSettings(
        @DefaultValue("required") Mode mode,
        @DefaultValue("20000") int queue,
        @DefaultValue("2s") Duration patience,
        @DefaultValue("90d") Duration kept) {

    /** What happens to a request that cannot be written down. */
    enum Mode {
        /** It is refused. */
        REQUIRED,
        /** It is answered, and counted as not written down. */
        BEST_EFFORT,
        /** Nothing is written down. */
        OFF
    }

    AccessAuditSettings {
        if (queue < 1 || patience.isNegative() || !kept.isPositive()) {
            throw new IllegalArgumentException(
                    "millrace.serving.audit.queue is 1 or more, .patience no less than nothing, and"
                            + " .kept longer than nothing, for example 90d");
        }
    }
}
