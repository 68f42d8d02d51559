package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.stream.Stream;

/**
 * Templates with what Jinja2 3.1.6 makes of them: {@code cases.jsonl}, written by {@code cases.py},
 * and those as dbt sets Jinja up, {@code dbt-cases.jsonl}, written by {@code dbt_cases.py}.
 */
class JinjaCasesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TestFactory
    Stream<DynamicTest> rendersAsJinja2Does() {
        return cases("cases.jsonl");
    }

    @TestFactory
    Stream<DynamicTest> rendersAsDbtDoes() {
        return cases("dbt-cases.jsonl");
    }

    private static Stream<DynamicTest> cases(String file) {
        return lines(file).stream()
                .map(JSON::readTree)
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        row.get("template").asString()
                                                + " "
                                                + row.path("undefined").asString(""),
                                        () -> check(row)));
    }

    private static void check(JsonNode row) {
        if (row.has("error")) {
            assertThatThrownBy(() -> JinjaLines.render(row))
                    .as(row.get("error").asString())
                    .isInstanceOf(JinjaException.class);
        } else {
            assertThat(JinjaLines.render(row)).isEqualTo(row.get("output").asString());
        }
    }

    private static List<String> lines(String file) {
        try (InputStream in = JinjaCasesTest.class.getResourceAsStream(file)) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
