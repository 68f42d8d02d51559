package dev.millrace.embedded.kafka;

import java.io.IOException;
import java.nio.file.Path;

/** Runs a broker as a program of its own: {@code BrokerMain DIRECTORY PORT}. */
public final class BrokerMain {

    private BrokerMain() {}

    /** Ends when it gets a TERM signal, after the broker has stopped cleanly. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: BrokerMain DIRECTORY PORT");
        }
        EmbeddedKafka kafka =
                EmbeddedKafka.start(
                        KafkaSettings.of(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    try {
                                        kafka.close();
                                    } catch (IOException e) {
                                        System.err.println("the broker's lock: " + e.getMessage());
                                    }
                                },
                                "broker-shutdown"));
        System.out.println("Kafka answers on " + kafka.bootstrapServers());
        kafka.awaitShutdown();
    }
}
