package dev.millrace.standalone.demo;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;

/** Has all models of the project built, at the operators' door. */
final class ModelBuild implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration POLLED = Duration.ofMillis(200);

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI runs;
    private final String token;
    private final Duration patience;

    ModelBuild(URI transform, String token, Duration patience) {
        this.runs = transform.resolve("/operator/runs");
        this.token = token;
        this.patience = patience;
    }

    /**
     * Builds them and waits for the end.
     *
     * @return how many were built
     */
    int run() throws DemoFailedException, InterruptedException {
        JsonNode run =
                send(
                        request(runs)
                                .header("Content-Type", "application/json")
                                .header("X-Reason", "the demo builds its models")
                                .POST(BodyPublishers.ofString("{}"))
                                .build());
        String id = run.path("id").asString("");
        if (id.isEmpty()) {
            throw new DemoFailedException("transform began a run without an id: " + run);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (isUnderWay(run)) {
            if (System.nanoTime() > deadline) {
                throw new DemoFailedException(
                        "the run %s is not done after %d s; look at %s/%s"
                                .formatted(id, patience.toSeconds(), runs, id));
            }
            Thread.sleep(POLLED);
            run = send(request(URI.create(runs + "/" + id)).GET().build());
        }
        if (!state(run).equals("SUCCEEDED")) {
            throw new DemoFailedException("the models were not all built: " + failures(run));
        }
        return run.path("nodes").size();
    }

    @Override
    public void close() {
        http.close();
    }

    private HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) throws DemoFailedException, InterruptedException {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new DemoFailedException(
                        "transform answered %s %s with %d %s"
                                .formatted(
                                        request.method(),
                                        request.uri().getPath(),
                                        response.statusCode(),
                                        response.body()));
            }
            return JSON.readTree(response.body());
        } catch (IOException | JacksonException e) {
            throw new DemoFailedException("no answer from transform: " + e, e);
        }
    }

    private static boolean isUnderWay(JsonNode run) {
        return state(run).equals("QUEUED") || state(run).equals("RUNNING");
    }

    private static String state(JsonNode run) {
        return run.path("status").asString("").toUpperCase(Locale.ROOT);
    }

    private static String failures(JsonNode run) {
        StringBuilder text = new StringBuilder();
        for (JsonNode node : run.path("nodes")) {
            if (node.path("status").asString("").equals("error")) {
                text.append("\n  ")
                        .append(node.path("node").asString())
                        .append(": ")
                        .append(node.path("message").asString(""));
            }
        }
        return text.isEmpty() ? run.toString() : text.toString();
    }
}
