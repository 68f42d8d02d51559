package dev.millrace.ingestion.publish;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Ready when Kafka answers and a door has its topic: those of one source that nobody may create
 * must not take the others' doors away.
 */
final class KafkaHealth implements HealthIndicator {

    /** So that many probes are one question. */
    private static final Duration KEPT = Duration.ofSeconds(1);

    private final TopicAdmin admin;
    private final RequiredTopics topics;
    private final Clock clock;
    private Instant askedAt = Instant.MIN;
    private Health latest = Health.unknown().build();

    KafkaHealth(TopicAdmin admin, RequiredTopics topics, Clock clock) {
        this.admin = admin;
        this.topics = topics;
        this.clock = clock;
    }

    @Override
    public synchronized Health health() {
        if (clock.instant().isAfter(askedAt.plus(KEPT))) {
            latest = ask();
            askedAt = clock.instant();
        }
        return latest;
    }

    private Health ask() {
        try {
            int brokers = admin.brokers();
            Health.Builder health = topics.opensADoor() ? Health.up() : Health.down();
            return health.withDetail("brokers", brokers)
                    .withDetail("missingTopics", topics.missing())
                    .build();
        } catch (TopicAdmin.UnavailableException e) {
            return Health.down().withDetail("problem", Objects.toString(e.getMessage())).build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.down().withDetail("problem", "interrupted").build();
        }
    }
}
