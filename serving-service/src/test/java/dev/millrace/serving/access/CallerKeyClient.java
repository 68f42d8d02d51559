package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.query.RunningService;
import dev.millrace.serving.query.RunningService.Answer;

import tools.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An admin who gives keys, and callers who use them. */
public final class CallerKeyClient {

    public static final String COUNT = "{\"measures\":[\"one.count\"]}";

    private final RunningService service;

    public CallerKeyClient(RunningService service) {
        this.service = service;
    }

    /** The key of a body that is written with single quotes. */
    public JsonNode create(String body) {
        Answer made = operators("POST", "/caller-keys", body);
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        return made.body();
    }

    /** The secret of a new key. */
    public String key(String body) {
        return create(body).path("key").asString();
    }

    public Answer operators(String method, String path, String body) {
        return operators("admin", method, path, body);
    }

    public Answer operators(String role, String method, String path, String body) {
        String token =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        Map.of("sub", "root", "roles", List.of(role)),
                        Instant.now().plusSeconds(600));
        return service.send(
                service.request("/operator" + path)
                        .header("Authorization", "Bearer " + token)
                        .header("X-Reason", "a test")
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body.replace('\'', '"')))
                        .build());
    }

    public Answer get(String path, String token) {
        return service.send(service.request(path).header("Authorization", token).build());
    }

    public Answer load(String token) {
        return load(COUNT, token);
    }

    public Answer load(String query, String token) {
        return get(path("load", query), token);
    }

    public static String path(String door, String query) {
        return "/cubejs-api/v1/" + door + "?query=" + encoded(query);
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    public static String error(Answer answer) {
        return answer.body().path("error").asString("");
    }
}
