package dev.millrace.serving.budget;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * What callers and tenants may use, if a key has no budget of its own; 0 is no limit.
 *
 * @param caller of each key, and of each subject of tokens
 * @param tenant of all callers of a tenant together
 * @param patience how long a query waits for others of its tenant or caller
 * @param waiting queries of one tenant or caller that may wait so
 * @param usageKept how long it is kept who used what
 */
@ConfigurationProperties("millrace.serving.budgets")
record BudgetSettings(
        @DefaultValue Budget caller,
        @DefaultValue Budget tenant,
        @DefaultValue("10s") Duration patience,
        @DefaultValue("20") int waiting,
        @DefaultValue("400d") Duration usageKept) {

    /**
     * @param requestsPerSecond requests a second, in the long run, in each replica
     * @param burst requests that may come at once; twice those of a second if 0
     * @param concurrentQueries queries that run at once, in each replica
     * @param rowsPerDay rows in the answers of a day in UTC
     */
    record Budget(
            @DefaultValue("0") double requestsPerSecond,
            @DefaultValue("0") int burst,
            @DefaultValue("0") int concurrentQueries,
            @DefaultValue("0") long rowsPerDay) {

        Budget {
            if (!(requestsPerSecond >= 0) || burst < 0 || concurrentQueries < 0 || rowsPerDay < 0) {
                throw new IllegalArgumentException(
                        "millrace.serving.budgets.* are 0, for no limit, or more");
            }
        }

        /** How many requests may come at once. */
        int size() {
            return burst > 0 ? burst : (int) Math.max(1, Math.ceil(2 * requestsPerSecond));
        }
    }

    BudgetSettings {
        if (!patience.isPositive() || !usageKept.isPositive() || waiting < 0) {
            throw new IllegalArgumentException(
                    "millrace.serving.budgets.patience and .usage-kept are longer than nothing, and"
                            + " .waiting is 0 or more");
        }
    }
}
