package dev.millrace.standalone.demo;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that the shop wants to know.
 *
 * @param name by which programs know it
 * @param title by which people know it
 * @param query in Cube's query format
 */
record Question(String name, String title, JsonNode query) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Those of a project, from its file {@code questions.json}. */
    static List<Question> of(Path project) throws DemoFailedException {
        Path file = project.resolve("questions.json");
        try {
            List<Question> questions = new ArrayList<>();
            for (JsonNode item : JSON.readTree(Files.readString(file))) {
                questions.add(
                        new Question(
                                item.path("name").asString(),
                                item.path("title").asString(),
                                item.path("query")));
            }
            return List.copyOf(questions);
        } catch (IOException | JacksonException e) {
            throw new DemoFailedException("cannot read the questions in " + file + ": " + e, e);
        }
    }

    /** The command that asks it, in a shell that has evaluated {@code ./millrace env}. */
    String curl() {
        return "curl -sG \"$SERVING_URL/cubejs-api/v1/load\" -H \"Authorization: $SERVING_TOKEN\""
                + " --data-urlencode 'query="
                + query.toString().replace("'", "'\\''")
                + "'";
    }

    /** The members in the order of reading: when, what, how much. */
    List<String> columns() {
        List<String> columns = new ArrayList<>();
        for (JsonNode time : query.path("timeDimensions")) {
            if (time.hasNonNull("granularity")) {
                columns.add(time.path("dimension").asString());
            }
        }
        query.path("dimensions").forEach(member -> columns.add(member.asString()));
        query.path("measures").forEach(member -> columns.add(member.asString()));
        return columns;
    }
}
