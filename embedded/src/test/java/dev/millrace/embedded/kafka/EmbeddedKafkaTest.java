package dev.millrace.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.process.Signal;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

@Timeout(240)
class EmbeddedKafkaTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path directory;

    @Test
    void keepsRecordsFromOneStartToTheNext() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(KafkaSettings.of(directory, 0))) {
            createTopic(broker.bootstrapServers());
            send(broker.bootstrapServers(), "one");
        }
        try (EmbeddedKafka broker = EmbeddedKafka.start(KafkaSettings.of(directory, 0))) {
            send(broker.bootstrapServers(), "two");
            assertThat(read(broker.bootstrapServers(), 2)).containsExactly("one", "two");
        }
    }

    @Test
    void createsNoTopicForAMistypedName() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(KafkaSettings.of(directory, 0));
                Admin admin = admin(broker.bootstrapServers())) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(
                            () -> admin.describeTopics(List.of("mistyped")).allTopicNames().get())
                    .withCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void keepsWhatItAcknowledgedWhenItsProcessIsKilled() throws Exception {
        int port = freePort();
        String bootstrap = "127.0.0.1:" + port;
        ChildProcess first = startProgram(port);
        try {
            KafkaReadiness.await(bootstrap, PATIENCE);
            createTopic(bootstrap);
            send(bootstrap, "acknowledged");
        } finally {
            first.stop(Signal.KILL, PATIENCE);
        }
        ChildProcess second = startProgram(port);
        try {
            KafkaReadiness.await(bootstrap, PATIENCE);
            assertThat(read(bootstrap, 1)).containsExactly("acknowledged");
        } finally {
            second.stop(Signal.TERM, PATIENCE);
        }
        assertThat(Files.readString(directory.resolve("broker.log")))
                .contains("Kafka answers on " + bootstrap);
    }

    @Test
    void isNotReadyWhereNobodyListens() throws Exception {
        assertThat(KafkaReadiness.isReady("127.0.0.1:" + freePort())).isFalse();
    }

    private ChildProcess startProgram(int port) throws Exception {
        return ChildProcess.start(
                ChildCommand.of(
                        "broker",
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BrokerMain.class.getName(),
                                directory.resolve("kafka").toString(),
                                Integer.toString(port)),
                        directory.resolve("broker.log")));
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private static void createTopic(String bootstrap) throws Exception {
        try (Admin admin = admin(bootstrap)) {
            admin.createTopics(Set.of(new NewTopic("letters", 1, (short) 1))).all().get();
        }
    }

    private static void send(String bootstrap, String value) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.send(new ProducerRecord<>("letters", value)).get();
        }
    }

    private static List<String> read(String bootstrap, int count) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("letters", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> values = new java.util.ArrayList<>();
            while (values.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(r -> values.add(r.value()));
            }
            return values;
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
