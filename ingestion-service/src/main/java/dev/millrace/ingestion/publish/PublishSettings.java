package dev.millrace.ingestion.publish;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import java.time.Duration;

/**
 * How records go to Kafka.
 *
 * @param buffer bytes that may be on their way at once; callers get 503 beyond that
 * @param deliveryTimeout how long Kafka may take to acknowledge before callers get 503
 * @param maxBlock how long a request waits for Kafka to name the leaders of a topic
 */
@ConfigurationProperties("millrace.publish")
record PublishSettings(
        @DefaultValue("32MB") DataSize buffer,
        @DefaultValue("20s") Duration deliveryTimeout,
        @DefaultValue("3s") Duration maxBlock) {

    /** One request at its largest, with its body. */
    private static final DataSize MIN_BUFFER = DataSize.ofMegabytes(20);

    PublishSettings {
        if (buffer.compareTo(MIN_BUFFER) < 0) {
            throw new IllegalArgumentException(
                    "millrace.publish.buffer is under "
                            + MIN_BUFFER.toMegabytes()
                            + "MB, which one request may need for itself");
        }
        if (deliveryTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "millrace.publish.delivery-timeout is under 1s, which Kafka may need for one"
                            + " acknowledgement");
        }
    }
}
