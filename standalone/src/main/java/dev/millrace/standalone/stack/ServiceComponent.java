package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** One of the three services, in a JVM of its own. */
final class ServiceComponent implements Component {

    /** Longer than the services' own limit of 30 s for what they have accepted. */
    private static final Duration DRAIN = Duration.ofSeconds(40);

    private static final Duration PROBE = Duration.ofSeconds(2);

    private final String name;
    private final DataDirectory data;
    private final Path home;
    private final int port;
    private final String heap;
    private final Map<String, String> environment;
    private final HttpClient http;

    ServiceComponent(
            String name,
            DataDirectory data,
            Path home,
            int port,
            String heap,
            Map<String, String> environment,
            HttpClient http) {
        this.name = name;
        this.data = data;
        this.home = home;
        this.port = port;
        this.heap = heap;
        this.environment = environment;
        this.http = http;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String address() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public Running start(Consumer<ChildProcess> spawned) throws IOException, InterruptedException {
        Path log = data.rotatedLog(name);
        ChildProcess process =
                ChildProcess.start(
                        ChildCommand.of(name, program().command(heap), log)
                                .withEnvironment(environment));
        spawned.accept(process);
        return new JavaProgram(process, log, DRAIN).awaitReady(this::isReady);
    }

    /** What a JVM can learn of how it starts. */
    StartTraining.Lesson lesson() throws IOException {
        return new StartTraining.Lesson(name, program(), environment);
    }

    private ServiceProgram program() throws IOException {
        return ServiceProgram.unpacked(home, name + "-service");
    }

    private boolean isReady() throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address() + "/actuator/health/readiness"))
                        .timeout(PROBE)
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }
}
