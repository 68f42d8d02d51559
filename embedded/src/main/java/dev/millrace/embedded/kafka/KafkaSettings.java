package dev.millrace.embedded.kafka;

import java.nio.file.Path;
import java.util.Map;

/**
 * How a broker is to run.
 *
 * @param directory where its data is kept
 * @param port the TCP port on the loopback interface; 0 takes any that is free
 * @param parameters more broker parameters, by their names in server.properties
 */
public record KafkaSettings(Path directory, int port, Map<String, String> parameters) {

    public KafkaSettings {
        directory = directory.toAbsolutePath().normalize();
        parameters = Map.copyOf(parameters);
    }

    public static KafkaSettings of(Path directory, int port) {
        return new KafkaSettings(directory, port, Map.of());
    }
}
