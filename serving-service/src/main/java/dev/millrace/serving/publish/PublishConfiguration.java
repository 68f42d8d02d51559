package dev.millrace.serving.publish;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

import tools.jackson.databind.json.JsonMapper;

import java.util.Optional;

@Configuration(proxyBeanMethods = false)
class PublishConfiguration {

    /** Boot takes a broker of this machine where none is set; nothing is told there. */
    @Bean
    Announcements announcements(
            Environment environment,
            KafkaAdmin admin,
            ConsumerFactory<?, ?> consumer,
            ProducerFactory<?, ?> producer,
            TopicSettings topics,
            JsonMapper json) {
        boolean isSet =
                Binder.get(environment)
                        .bind("spring.kafka.bootstrap-servers", Bindable.listOf(String.class))
                        .isBound();
        return new Announcements(
                isSet
                        ? Optional.of(
                                new TopicWriter(
                                        admin.getConfigurationProperties(),
                                        consumer.getConfigurationProperties(),
                                        producer.getConfigurationProperties(),
                                        topics))
                        : Optional.empty(),
                json);
    }
}
