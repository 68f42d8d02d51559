package dev.millrace.ingestion.publish;

import dev.millrace.ingestion.source.ByteBudget;
import dev.millrace.operations.revision.ProjectRevisions;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

import java.time.Clock;

@Configuration(proxyBeanMethods = false)
class PublishConfiguration {

    @Bean
    ByteBudget byteBudget(PublishSettings settings) {
        return new ByteBudget(settings.buffer().toBytes());
    }

    @Bean
    MeterBinder byteBudgetMeters(ByteBudget budget) {
        return registry -> {
            Gauge.builder("millrace.publish.buffer.used", budget, ByteBudget::used)
                    .description("Bytes on their way from callers to Kafka")
                    .baseUnit("bytes")
                    .register(registry);
            Gauge.builder("millrace.publish.buffer.capacity", budget, ByteBudget::capacity)
                    .description("Bytes that may be on their way before callers get 503")
                    .baseUnit("bytes")
                    .register(registry);
        };
    }

    /** Spring's factory knows how to reach the cluster; what is sent, and how, is decided here. */
    @Bean
    Producers producers(ProducerFactory<?, ?> cluster, PublishSettings settings) {
        return new Producers(cluster.getConfigurationProperties(), settings);
    }

    @Bean
    TopicAdmin topicAdmin(KafkaAdmin cluster, TopicSettings settings) {
        return new TopicAdmin(cluster.getConfigurationProperties(), settings);
    }

    @Bean
    RequiredTopics requiredTopics(
            TopicAdmin admin, TopicSettings settings, ProjectRevisions revisions) {
        return new RequiredTopics(admin, settings, revisions);
    }

    @Bean
    MeterBinder topicMeters(RequiredTopics topics) {
        return registry ->
                Gauge.builder(
                                "millrace.publish.topics.missing",
                                topics,
                                required -> required.missing().size())
                        .description("Topics that doors need and that are not there")
                        .register(registry);
    }

    @Bean
    KafkaOutlet kafkaOutlet(Producers producers, RequiredTopics topics, MeterRegistry meters) {
        return new KafkaOutlet(producers, topics, meters);
    }

    @Bean
    KafkaHealth kafkaHealthIndicator(TopicAdmin admin, RequiredTopics topics, Clock clock) {
        return new KafkaHealth(admin, topics, clock);
    }
}
