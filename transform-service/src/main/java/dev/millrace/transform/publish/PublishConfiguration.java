package dev.millrace.transform.publish;

import dev.millrace.contracts.event.FeedWanted;
import dev.millrace.contracts.event.RollupWanted;
import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;

import io.micrometer.core.instrument.MeterRegistry;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

import javax.sql.DataSource;

@Configuration(proxyBeanMethods = false)
class PublishConfiguration {

    /** Boot's settings decide how to reach the cluster; what follows decides what may get lost. */
    @Bean
    OutboxRelaying outboxRelaying(
            DataSource database, ProducerFactory<?, ?> kafka, MeterRegistry meters) {
        Map<String, Object> settings = new HashMap<>(kafka.getConfigurationProperties());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        settings.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        settings.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        return new OutboxRelaying(
                () ->
                        new KafkaProducer<>(
                                settings, new ByteArraySerializer(), new ByteArraySerializer()),
                database,
                meters);
    }

    @Bean
    Announced<RollupWanted> wantedRollups(ConsumerFactory<?, ?> kafka, JsonMapper json) {
        return announced(Topics.ROLLUPS, RollupWanted.class, kafka, json);
    }

    @Bean
    Announced<FeedWanted> wantedFeeds(ConsumerFactory<?, ?> kafka, JsonMapper json) {
        return announced(Topics.FEEDS, FeedWanted.class, kafka, json);
    }

    @Bean
    FeedFollowing feedFollowing(
            @Qualifier("wantedFeeds") Announced<FeedWanted> wanted,
            DataSource database,
            FeedSettings settings,
            Clock clock) {
        return new FeedFollowing(wanted::current, new FollowedFeeds(database), settings, clock);
    }

    private static <T> Announced<T> announced(
            Topic topic, Class<T> type, ConsumerFactory<?, ?> kafka, JsonMapper json) {
        Map<String, Object> settings = readingAll(kafka.getConfigurationProperties());
        return new Announced<>(
                topic.name(),
                type,
                json,
                () ->
                        new KafkaConsumer<>(
                                settings,
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer()));
    }

    /** Settings of a consumer that belongs to no group, as each replica reads everything. */
    static Map<String, Object> readingAll(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        settings.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // An offset that is not there is a topic that was made anew: all is read again.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        return settings;
    }
}
