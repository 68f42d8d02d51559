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
import java.util.ArrayList;
import java.util.List;
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
        Path jar = ServiceProgram.unpacked(home, name + "-service");
        Path log = data.rotatedLog(name);
        List<String> arguments = new ArrayList<>();
        arguments.add(JavaProgram.java());
        arguments.addAll(
                List.of(
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        jar.toString()));
        ChildProcess process =
                ChildProcess.start(
                        ChildCommand.of(name, arguments, log).withEnvironment(environment));
        spawned.accept(process);
        return new JavaProgram(process, log, DRAIN).awaitReady(this::isReady);
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
