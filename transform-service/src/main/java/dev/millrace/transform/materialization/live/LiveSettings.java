package dev.millrace.transform.materialization.live;

import java.time.Duration;

/**
 * How live models are looked after.
 *
 * @param poll how long to wait for news of inputs before looking without
 * @param least how long to wait between rounds, so that one takes in several batches
 * @param firstRetry when what failed is tried again, and then after ever longer
 * @param longestRetry after how long at most
 * @param lockPatience how long to try to put a table in its place between readers
 * @param telling how often at most others are told that a model has changed
 * @param batches how many batches of new rows one round takes in at most
 */
record LiveSettings(
        Duration poll,
        Duration least,
        Duration firstRetry,
        Duration longestRetry,
        Duration lockPatience,
        Duration telling,
        int batches) {

    static final LiveSettings DEFAULT =
            new LiveSettings(
                    Duration.ofSeconds(1),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofSeconds(1),
                    5_000);
}
