package dev.millrace.transform.materialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.materialization.SeedTable.Format;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Files with the columns, types and values that dbt gives them: {@code seed_cases.jsonl}, written
 * by {@code seed_cases.py}.
 */
class SeedCasesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TestFactory
    Stream<DynamicTest> readsFilesAsDbtDoes() {
        return lines().stream()
                .map(JSON::readTree)
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        row.get("csv").toString() + row.get("declared"),
                                        () -> check(row)));
    }

    private static void check(JsonNode row) throws Exception {
        Map<String, String> declared = new HashMap<>();
        row.get("declared").forEach(name -> declared.put(name.asString(), "text"));
        Format format = new Format(row.get("delimiter").asString().charAt(0), declared, true);
        String csv = row.get("csv").asString();
        if (row.has("error")) {
            assertThatThrownBy(() -> SeedTable.parse(csv, format))
                    .isInstanceOf(BuildFailedException.class);
            return;
        }

        SeedTable seed = SeedTable.parse(csv, format);

        assertThat(seed.names())
                .isEqualTo(
                        JSON.convertValue(
                                row.get("columns"), new TypeReference<List<String>>() {}));
        assertThat(seed.types())
                .isEqualTo(
                        JSON.convertValue(row.get("types"), new TypeReference<List<String>>() {}));
        assertThat(seed.values())
                .isEqualTo(
                        JSON.convertValue(
                                row.get("rows"), new TypeReference<List<List<String>>>() {}));
    }

    private static List<String> lines() {
        try (InputStream in = SeedCasesTest.class.getResourceAsStream("seed_cases.jsonl")) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
