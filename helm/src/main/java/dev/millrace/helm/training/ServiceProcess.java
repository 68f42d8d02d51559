package dev.millrace.helm.training;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service as a child process, whose output is this process's own. */
final class ServiceProcess implements AutoCloseable {

    private static final int ROUNDS = 50;

    private final Process process;
    private final URI address;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private ServiceProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    static ServiceProcess start(List<String> command, TrainingGround ground, TrainedService service)
            throws IOException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(ground.environment(service));
        builder.environment().put("SERVER_PORT", Integer.toString(port));
        return new ServiceProcess(builder.start(), URI.create("http://127.0.0.1:" + port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void awaitReady(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (status(get("/actuator/health/readiness")) != 200) {
            if (!process.isAlive()) {
                throw new IOException("the service ended with " + process.exitValue());
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "the service was not ready in " + patience.toSeconds() + " s");
            }
            Thread.sleep(200);
        }
    }

    /** Asks what callers ask, so that what answers is in the cache too. Answers do not matter. */
    void exercise() throws InterruptedException {
        String basic =
                Base64.getEncoder()
                        .encodeToString(
                                (TrainingGround.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        HttpRequest track =
                HttpRequest.newBuilder(address.resolve("/v1/track"))
                        .timeout(Duration.ofSeconds(10))
                        .header("Authorization", "Basic " + basic)
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.ofString(
                                        """
                                        {"userId": "u1", "event": "Trained", "properties": {"n": 1}}
                                        """))
                        .build();
        for (int round = 0; round < ROUNDS; round++) {
            status(track);
            status(get("/cubejs-api/v1/meta"));
            status(get("/operator/project"));
            status(get("/actuator/health/liveness"));
        }
    }

    private HttpRequest get(String path) {
        return HttpRequest.newBuilder(address.resolve(path))
                .timeout(Duration.ofSeconds(10))
                .build();
    }

    private int status(HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException _) {
            return 0;
        }
    }

    /** Asks it to end, which is when the JVM writes the cache. */
    void stop(Duration patience) throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("the service did not end in " + patience.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.destroyForcibly();
    }
}
