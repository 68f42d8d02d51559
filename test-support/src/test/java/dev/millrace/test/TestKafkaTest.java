package dev.millrace.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

class TestKafkaTest {

    @Test
    void keepsWhatItAcknowledged() throws Exception {
        String topic = TestKafka.newTopic("letters", 2);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "acks", "all"),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "a", "alpha")).get();
        }
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                TestKafka.bootstrapServers(),
                                "group.id",
                                topic,
                                "auto.offset.reset",
                                "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            assertThat(consumer.poll(Duration.ofSeconds(20)))
                    .extracting(r -> r.value())
                    .containsExactly("alpha");
        }
    }

    @Test
    void givesEachTestATopicOfItsOwn() {
        String one = TestKafka.newTopic("orders", 1);
        String two = TestKafka.newTopic("orders", 1);
        assertThat(one).isNotEqualTo(two);
        assertThat(TestKafka.topics()).contains(one, two);
        TestKafka.deleteTopics(List.of(one));
        assertThat(TestKafka.topics()).doesNotContain(one);
    }
}
