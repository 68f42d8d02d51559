package dev.millrace.transform.model.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Expressions with what Python 3.11 makes of them: {@code python_cases.jsonl}, written by {@code
 * python_cases.py}.
 */
class PythonCasesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TestFactory
    Stream<DynamicTest> givesWhatPythonGives() {
        List<JsonNode> rows = lines().stream().map(JSON::readTree).toList();
        String prelude = rows.getFirst().get("prelude").asString();
        return rows.stream()
                .skip(1)
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        row.get("expression").asString(),
                                        () -> check(prelude, row)));
    }

    private static void check(String prelude, JsonNode row) {
        String source = prelude + "{{ " + row.get("expression").asString() + " }}";
        Template template = Template.parse("case", source, Syntax.JINJA);
        Globals globals =
                Globals.of(
                        Map.of(
                                "modules",
                                new PythonModules(Clock.systemUTC()),
                                "Decimal",
                                (Invocable)
                                        arguments ->
                                                new BigDecimal(
                                                        arguments
                                                                .bind("Decimal", "value")
                                                                .text("value"))));

        assertThat(new Rendering(globals).render(template).text())
                .isEqualTo(row.get("output").asString());
    }

    private static List<String> lines() {
        try (InputStream in = PythonCasesTest.class.getResourceAsStream("python_cases.jsonl")) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
