package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How alerts are evaluated and told.
 *
 * @param evaluationTimeout how long the queries of one evaluation may take
 * @param deliveryTimeout how long a receiver may take to answer
 * @param giveUpAfter how long a notification is tried again
 * @param kept how long history, notifications and silences are
 * @param externalUrl where receivers find this service; stands in notifications
 */
@ConfigurationProperties("millrace.alerts")
record AlertSettings(
        @DefaultValue("10s") Duration evaluationTimeout,
        @DefaultValue("5s") Duration deliveryTimeout,
        @DefaultValue("24h") Duration giveUpAfter,
        @DefaultValue("90d") Duration kept,
        @Nullable String externalUrl) {

    AlertSettings {
        if (evaluationTimeout.toSeconds() < 1 || deliveryTimeout.toMillis() < 100) {
            throw new IllegalArgumentException(
                    "millrace.alerts.evaluation-timeout is at least 1s, and"
                            + " millrace.alerts.delivery-timeout 100ms");
        }
        if (giveUpAfter.toSeconds() < 1 || kept.toHours() < 1) {
            throw new IllegalArgumentException(
                    "millrace.alerts.give-up-after is at least 1s, and millrace.alerts.kept 1h");
        }
    }

    /** Where receivers find this service; empty if nobody said. */
    String external() {
        return externalUrl == null ? "" : externalUrl.strip().replaceAll("/+$", "");
    }
}
