package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.StackAccess;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;

/** A service's operators' door, as its client. */
final class OperatorDoor implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final String token;

    OperatorDoor(String url, String token) {
        this.url = url;
        this.token = token;
    }

    /** What a command does with the door. */
    @FunctionalInterface
    interface Work {
        int with(OperatorDoor door, Clock clock, PrintWriter out)
                throws IOException, InterruptedException;
    }

    /** Does something with that of the running stack's serving. */
    static int ofServing(DataOption data, CommandSpec spec, Work work)
            throws IOException, InterruptedException {
        Clock clock = Clock.systemUTC();
        StackAccess access = StackAccess.ofRunning(data.directory(), clock);
        PrintWriter out = spec.commandLine().getOut();
        try (OperatorDoor door = new OperatorDoor(access.servingUrl(), access.operatorToken())) {
            return work.with(door, clock, out);
        } finally {
            out.flush();
        }
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    /** Changes something, and says why. */
    JsonNode post(String path, JsonNode body, String reason)
            throws IOException, InterruptedException {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .header("X-Reason", reason)
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    JsonNode delete(String path, String reason) throws IOException, InterruptedException {
        return send(request(path).header("X-Reason", reason).DELETE());
    }

    /** Text as a part of an address. */
    static String encoded(@Nullable String text) {
        return URLEncoder.encode(text == null ? "" : text, StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        JsonNode body = json(response.body());
        if (response.statusCode() / 100 != 2) {
            String detail = body.path("detail").asString("");
            throw new IOException(
                    detail.isEmpty()
                            ? "the service answered %d: %s"
                                    .formatted(response.statusCode(), response.body())
                            : detail);
        }
        return body;
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.shared().readTree(text.isEmpty() ? "{}" : text);
        } catch (JacksonException e) {
            return JsonMapper.shared().createObjectNode();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
