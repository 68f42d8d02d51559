package dev.millrace.transform.publish;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * Feeds of changes.
 *
 * @param retention how long changes of relations that somebody follows are kept; who has not read
 *     them by then begins anew
 */
@ConfigurationProperties("millrace.feed")
record FeedSettings(@DefaultValue("7d") Duration retention) {

    /** Longer than two transactions of landing with the same moment can lie apart. */
    private static final Duration LEAST = Duration.ofMinutes(10);

    FeedSettings {
        if (retention.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(
                    "millrace.feed.retention must be 10m or more; it is " + retention);
        }
    }
}
