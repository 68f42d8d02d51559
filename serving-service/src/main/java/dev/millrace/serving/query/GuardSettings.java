package dev.millrace.serving.query;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How large a query may be before it is run, by PostgreSQL's own estimate.
 *
 * @param maxRows rows that any step of it may come to; 0 for no limit
 * @param maxCost what it may cost, in PostgreSQL's units; 0 for no limit
 * @param trustedFor how long an estimate is taken to hold for the same SQL
 */
@ConfigurationProperties("millrace.serving.guard")
record GuardSettings(
        @DefaultValue("1000000000") long maxRows,
        @DefaultValue("0") double maxCost,
        @DefaultValue("1m") Duration trustedFor) {

    GuardSettings {
        if (maxRows < 0 || maxCost < 0 || trustedFor.isNegative()) {
            throw new IllegalArgumentException(
                    "millrace.serving.guard.max-rows, .max-cost and .trusted-for must be 0 or"
                            + " more");
        }
    }

    boolean isOn() {
        return maxRows > 0 || maxCost > 0;
    }
}
