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
import java.util.ArrayList;
import java.util.List;

/** Asks the serving service, as any client of Cube's API does. */
final class Serving implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_WAITS = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI load;
    private final String token;

    Serving(URI serving, String token) {
        this.load = serving.resolve("/cubejs-api/v1/load");
        this.token = token;
    }

    TextTable answer(Question question) throws DemoFailedException, InterruptedException {
        JsonNode data = load(question).path("data");
        if (!data.isArray()) {
            throw new DemoFailedException("no data in the answer to '" + question.title() + "'");
        }
        List<String> columns = question.columns();
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : data) {
            rows.add(columns.stream().map(column -> cell(row.path(column))).toList());
        }
        return new TextTable(columns.stream().map(Serving::heading).toList(), rows);
    }

    @Override
    public void close() {
        http.close();
    }

    private JsonNode load(Question question) throws DemoFailedException, InterruptedException {
        String body = JSON.createObjectNode().set("query", question.query()).toString();
        HttpRequest request =
                HttpRequest.newBuilder(load)
                        .timeout(Duration.ofSeconds(60))
                        .header("Authorization", token)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build();
        try {
            for (int i = 0; i < MOST_WAITS; i++) {
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
                JsonNode answer = JSON.readTree(response.body());
                String error = answer.path("error").asString("");
                // The same request, sent again, gets the answer once it is there.
                if (error.equals("Continue wait")) {
                    continue;
                }
                if (response.statusCode() != 200 || !error.isEmpty()) {
                    throw new DemoFailedException(
                            "'%s' was answered with %d %s"
                                    .formatted(question.title(), response.statusCode(), error));
                }
                return answer;
            }
            throw new DemoFailedException(
                    "'" + question.title() + "' is still being worked on; ask again by its curl");
        } catch (IOException | JacksonException e) {
            throw new DemoFailedException("'" + question.title() + "' got no answer: " + e, e);
        }
    }

    private static String heading(String member) {
        return member.substring(member.indexOf('.') + 1).replace('_', ' ');
    }

    /** A time without the digits that say nothing. */
    private static String cell(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        String text = value.asString();
        return text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}")
                ? text.replaceFirst("T00:00:00\\.000$", "")
                        .replaceFirst(":00\\.000$", "")
                        .replaceFirst("\\.\\d{3}$", "")
                        .replace('T', ' ')
                : text;
    }
}
