package dev.millrace.standalone.command;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Transform's operators' door for runs, as its client. */
public final class ModelRuns implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> UNDER_WAY = Set.of("queued", "pending", "running");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String runs;
    private final String token;

    public ModelRuns(String transformUrl, String token) {
        this.runs = transformUrl + "/operator/runs";
        this.token = token;
    }

    /**
     * Begins a run.
     *
     * @param request what the door takes; an empty object means all models
     * @param reason for the audit
     * @return the run's id
     * @throws IOException when transform cannot be reached or objects, with what it says
     */
    public String begin(JsonNode request, String reason) throws IOException, InterruptedException {
        JsonNode run =
                send(
                        request(runs)
                                .header("Content-Type", "application/json")
                                .header("X-Reason", reason)
                                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                                .build());
        String id = run.path("id").asString("");
        if (id.isEmpty()) {
            throw new IOException("transform began a run without an id: " + run);
        }
        return id;
    }

    /**
     * Waits for the end of a run.
     *
     * @param done is told of each model once, when it is done
     * @throws IOException when transform cannot be reached or objects, with what it says
     */
    public ModelRun await(String id, Consumer<ModelRun.Node> done)
            throws IOException, InterruptedException {
        Set<String> told = new HashSet<>();
        while (true) {
            ModelRun run = run(id, send(request(runs + "/" + id).GET().build()));
            for (ModelRun.Node node : run.nodes()) {
                if (!isUnderWay(node.status()) && told.add(node.name())) {
                    done.accept(node);
                }
            }
            if (!isUnderWay(run.status())) {
                return run;
            }
            Thread.sleep(POLL);
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private static ModelRun run(String id, JsonNode json) {
        List<ModelRun.Node> nodes = new ArrayList<>();
        for (JsonNode node : json.path("nodes")) {
            nodes.add(
                    new ModelRun.Node(
                            node.path("node").asString(""),
                            status(node),
                            node.path("message").asString("")));
        }
        return new ModelRun(id, status(json), nodes);
    }

    private static String status(JsonNode json) {
        return json.path("status").asString("").toLowerCase(Locale.ROOT);
    }

    private static boolean isUnderWay(String status) {
        return status.isEmpty() || UNDER_WAY.contains(status);
    }

    private HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(
                    "transform answered %d: %s".formatted(response.statusCode(), response.body()));
        }
        try {
            return JsonMapper.shared().readTree(response.body());
        } catch (JacksonException e) {
            throw new IOException("transform answered what is not JSON: " + response.body(), e);
        }
    }
}
