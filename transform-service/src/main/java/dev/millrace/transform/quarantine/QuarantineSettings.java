package dev.millrace.transform.quarantine;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How long the quarantine keeps what is settled.
 *
 * @param retention how long records that were replayed or discarded are kept; held ones always are
 */
@ConfigurationProperties("millrace.quarantine")
record QuarantineSettings(@DefaultValue("90d") Duration retention) {

    QuarantineSettings {
        if (!retention.isPositive()) {
            throw new IllegalArgumentException(
                    "millrace.quarantine.retention must be longer than nothing, such as 90d, not "
                            + retention);
        }
    }
}
