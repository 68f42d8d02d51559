package dev.millrace.standalone.command;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Transform's operators' door for runs, as its client. */
final class ModelRuns {

    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> UNDER_WAY = Set.of("queued", "pending", "running");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String runs;
    private final String token;

    ModelRuns(String transformUrl, String token) {
        this.runs = transformUrl + "/operator/runs";
        this.token = token;
    }

    /** Begins a run and returns its id. */
    String begin(JsonNode request) throws IOException, InterruptedException {
        JsonNode run =
                send(
                        request(runs)
                                .header("Content-Type", "application/json")
                                .header("X-Reason", "millrace build")
                                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                                .build());
        return run.path("id").asString();
    }

    /** Tells of each model when it is done; says whether the whole run succeeded. */
    boolean follow(String id, PrintWriter out) throws IOException, InterruptedException {
        Set<String> told = new HashSet<>();
        while (true) {
            JsonNode run = send(request(runs + "/" + id).GET().build());
            for (JsonNode node : run.path("nodes")) {
                String name = node.path("node").asString("");
                String status = node.path("status").asString("").toLowerCase(Locale.ROOT);
                boolean done = !status.isEmpty() && !UNDER_WAY.contains(status);
                if (done && told.add(name)) {
                    String message = node.path("message").asString("");
                    out.println(
                            "  %-8s %s%s"
                                    .formatted(
                                            status,
                                            name,
                                            message.isEmpty() ? "" : "   " + message));
                    out.flush();
                }
            }
            String state = run.path("status").asString("").toLowerCase(Locale.ROOT);
            if (!UNDER_WAY.contains(state)) {
                out.println("run " + id + " " + state);
                out.flush();
                return state.equals("succeeded");
            }
            Thread.sleep(POLL);
        }
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
