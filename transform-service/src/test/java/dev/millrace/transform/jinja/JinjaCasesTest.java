package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Templates with what Jinja2 3.1.6 makes of them: {@code cases.jsonl}, written by {@code cases.py}.
 */
class JinjaCasesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TestFactory
    Stream<DynamicTest> rendersAsJinja2Does() {
        return lines().stream()
                .map(JSON::readTree)
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        row.get("template").asString(), () -> check(row)));
    }

    private static void check(JsonNode row) {
        Template template = Template.parse("case", row.get("template").asString(), Syntax.JINJA);

        assertThat(new Rendering(Globals.of(Map.of())).render(template).text())
                .isEqualTo(row.get("output").asString());
    }

    private static List<String> lines() {
        try (InputStream in = JinjaCasesTest.class.getResourceAsStream("cases.jsonl")) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
