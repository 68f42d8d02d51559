package dev.millrace.standalone.demo;

import dev.millrace.standalone.demo.shop.Message;
import dev.millrace.standalone.demo.shop.Parcel;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringSerializer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Writes plain JSON to a topic, as a program does that knows nothing of Millrace. */
final class KafkaCarrier implements Carrier {

    static final String TOPIC = "shop.deliveries.v1";

    private static final int PARTITIONS = 2;

    private final Producer<String, String> producer;

    KafkaCarrier(String bootstrap) {
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ProducerConfig.ACKS_CONFIG,
                                "all",
                                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                                true,
                                ProducerConfig.LINGER_MS_CONFIG,
                                5,
                                ProducerConfig.CLIENT_ID_CONFIG,
                                "shop-trucks"),
                        new StringSerializer(),
                        new StringSerializer());
    }

    /** The topic is the producer's own: it is there before the first record. */
    static void createTopic(String bootstrap) throws DemoFailedException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            NewTopic topic = new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty());
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new DemoFailedException(
                        "the topic " + TOPIC + " could not be created: " + e.getCause(), e);
            }
        }
    }

    @Override
    public Answer send(Parcel parcel, int attempt) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(parcel.messages().size());
        for (Message message : parcel.messages()) {
            sent.add(producer.send(new ProducerRecord<>(TOPIC, message.key(), message.body())));
        }
        try {
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
            return new Answer(attempt, 200, "acknowledged by Kafka");
        } catch (ExecutionException e) {
            return new Answer(attempt, 0, String.valueOf(e.getCause()));
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
