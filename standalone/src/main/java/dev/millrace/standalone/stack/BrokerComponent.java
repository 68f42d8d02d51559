package dev.millrace.standalone.stack;

import dev.millrace.embedded.kafka.BrokerMain;
import dev.millrace.embedded.kafka.KafkaReadiness;
import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Kafka in a JVM of its own, so that a crash of anything else leaves it alone. */
final class BrokerComponent implements Component {

    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final DataDirectory data;
    private final int port;

    BrokerComponent(DataDirectory data, Ports ports) {
        this.data = data;
        this.port = ports.kafka();
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public Running start(Consumer<ChildProcess> spawned) throws IOException, InterruptedException {
        Path log = data.rotatedLog(name());
        ChildProcess process =
                ChildProcess.start(
                        ChildCommand.of(
                                name(),
                                List.of(
                                        JavaProgram.java(),
                                        "-Xmx256m",
                                        "-XX:+UseSerialGC",
                                        "-XX:+ExitOnOutOfMemoryError",
                                        "--sun-misc-unsafe-memory-access=allow",
                                        "-Dmillrace.log.level=INFO",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        BrokerMain.class.getName(),
                                        data.kafka().toString(),
                                        Integer.toString(port)),
                                log));
        spawned.accept(process);
        return new JavaProgram(process, log, DRAIN)
                .awaitReady(() -> KafkaReadiness.isReady(address()));
    }
}
