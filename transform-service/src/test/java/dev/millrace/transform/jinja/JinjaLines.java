package dev.millrace.transform.jinja;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Renders templates for a program that compares: a JSON object a line with the template, its names
 * and what may be done with undefined ones; the answer is a line with the output or the error.
 */
final class JinjaLines {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Limits LIMITS =
            new Limits(2_000_000, 8_000_000, 150, Duration.ofSeconds(10));

    private JinjaLines() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
            out.flush();
        }
    }

    private static Map<String, String> answer(JsonNode request) {
        try {
            return Map.of("output", render(request));
        } catch (JinjaException e) {
            return Map.of("error", e.getMessage());
        } catch (RuntimeException e) {
            return Map.of("failure", e.toString());
        }
    }

    /** What a row of cases or of the fuzzer gives. */
    static String render(JsonNode row) {
        Template template = Template.parse("case", row.get("template").asString(), Syntax.JINJA);
        return new Rendering(
                        Globals.of(names(row.path("context"))),
                        Settings.DEFAULT.withLimits(LIMITS).withUndefineds(mode(row)))
                .render(template)
                .text();
    }

    private static Undefineds mode(JsonNode row) {
        String mode = row.path("undefined").asString("strict");
        return Undefineds.valueOf(mode.toUpperCase(Locale.ROOT));
    }

    private static Map<String, Object> names(JsonNode context) {
        DictValue names = new DictValue();
        Map<?, ?> given = context.isObject() ? JSON.convertValue(context, Map.class) : Map.of();
        given.forEach((key, value) -> names.put(key, Values.of(value)));
        return Arguments.named(names).keywords();
    }
}
