package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.transform.landing.LandingStage.Message;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Documents and strings that others collected. They are not kept here: {@code
 * -Dmillrace.corpora=DIR} tells where they are, and without them the tests are skipped.
 */
class LandingCorpusTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static List<Path> files(String folder) {
        Path directory =
                Path.of(System.getProperty("millrace.corpora", "../../shared/corpora"), folder);
        assumeThat(directory).isDirectory();
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<byte[]> contents(List<Path> files) {
        return files.stream()
                .map(
                        file -> {
                            try {
                                return Files.readAllBytes(file);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })
                .toList();
    }

    private static List<String> naughtyStrings() {
        List<String> strings = new ArrayList<>();
        JSON.readTree(contents(files("strings")).getFirst())
                .forEach(string -> strings.add(string.asString()));
        return strings;
    }

    /** As PostgreSQL can hold it. */
    private static String held(String text) {
        StringBuilder held = new StringBuilder();
        text.codePoints()
                .map(
                        point ->
                                point == 0 || Character.getType(point) == Character.SURROGATE
                                        ? 0xFFFD
                                        : point)
                .forEach(held::appendCodePoint);
        return held.toString();
    }

    @Test
    void everyValidDocumentLandsWithItsValue() {
        List<byte[]> documents = contents(files("json"));
        try (LandingStage stage = LandingStage.plain()) {
            Landed landed = stage.land(documents);

            assertThat(landed.quarantined()).isEmpty();
            assertThat(stage.count("click")).isEqualTo(documents.size());
            // An array lands whole: it must be what PostgreSQL itself reads there.
            int arrays = 0;
            for (int i = 0; i < documents.size(); i++) {
                String text = new String(documents.get(i), StandardCharsets.UTF_8);
                if (!text.strip().startsWith("[") || text.contains("\\u0000")) {
                    continue;
                }
                arrays++;
                assertThat(
                                stage.sql
                                        .sql(
                                                """
                                                SELECT value::jsonb = ?::jsonb FROM %s.click
                                                WHERE _mr_id = ?\
                                                """
                                                        .formatted(stage.source))
                                        .params(
                                                held(text),
                                                BatchReader.identity(stage.clicks(), 1, 0, i))
                                        .query(Boolean.class)
                                        .single())
                        .as(text)
                        .isTrue();
            }
            assertThat(arrays).isGreaterThan(50);
        }
    }

    @Test
    void everyStringLandsAsTheValueThatItIs() {
        List<String> strings = naughtyStrings();
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"text\": \"plain\"}");
            Landed landed =
                    stage.land(
                            strings.stream()
                                    .map(string -> document("text", string))
                                    .toArray(String[]::new));

            assertThat(landed.quarantined()).isEmpty();
            assertThat(landed.rows()).isEqualTo(strings.size());
            List<String> found =
                    stage.rows(
                            "SELECT coalesce(text, '') FROM $S.click ORDER BY _mr_ingested_at,"
                                    + " length(_mr_id), _mr_id");
            assertThat(found.subList(1, found.size()))
                    .containsExactlyElementsOf(
                            strings.stream().map(LandingCorpusTest::held).toList());
        }
    }

    private static String document(String key, String value) {
        return JSON.writeValueAsString(Collections.singletonMap(key, value));
    }

    @Test
    void everyStringIsAKeyOfADocumentThatLands() {
        List<String> strings = naughtyStrings();
        try (LandingStage stage = LandingStage.plain()) {
            Landed landed =
                    stage.land(
                            strings.stream()
                                    .map(string -> document(string, "found"))
                                    .toArray(String[]::new));

            assertThat(landed.quarantined()).isEmpty();
            assertThat(
                            stage.one(
                                    "SELECT count(*) FROM $S.click AS c WHERE to_jsonb(c)::text"
                                            + " LIKE '%\"found\"%'"))
                    .isEqualTo("[" + strings.size() + "]");
        }
    }

    @Test
    void everyStringIsTheNameOfAnEventThatLandsOrIsKept() {
        List<String> strings = naughtyStrings();
        try (LandingStage stage = LandingStage.segment()) {
            Message[] messages =
                    IntStream.range(0, strings.size())
                            .mapToObj(
                                    i ->
                                            new Message(
                                                    strings.get(i),
                                                    "m" + i,
                                                    LandingStage.NOW,
                                                    "{\"type\": \"track\"}"))
                            .toArray(Message[]::new);
            long kept = 0;
            // A few at a time, as each brings a table.
            for (int from = 0; from < messages.length; from += 50) {
                Landed some =
                        stage.land(
                                Arrays.copyOfRange(
                                        messages, from, Math.min(from + 50, messages.length)));
                kept += some.quarantined().size();
            }
            assertThat(stage.count("tracks") + kept).isEqualTo(messages.length);
            assertThat(stage.count("tracks")).isPositive();
        }
    }

    @Test
    void everyStringIsAnIdentityOfItsOwn() {
        List<String> strings = naughtyStrings();
        try (LandingStage stage = LandingStage.plain("id: key")) {
            String[] documents =
                    strings.stream().map(string -> document("key", string)).toArray(String[]::new);
            stage.land(documents);
            long rows = stage.count("click");
            // An empty identity is none; the others are the same ones again.
            long without = strings.stream().filter(String::isEmpty).count();

            stage.land(documents);

            assertThat(stage.count("click")).isEqualTo(rows + without);
            assertThat(rows)
                    .isEqualTo(
                            without
                                    + strings.stream()
                                            .filter(string -> !string.isEmpty())
                                            .map(LandingCorpusTest::held)
                                            .distinct()
                                            .count());
        }
    }

    @Test
    void everyWebhookOfGithubLandsWithWhatIsDeepInIt() {
        List<byte[]> payloads = contents(files("github-webhooks"));
        try (LandingStage stage = LandingStage.plain()) {
            List<byte[]> shuffled = new ArrayList<>(payloads);
            Collections.shuffle(shuffled, new Random(7));
            Landed landed = stage.land(shuffled);
            assertThat(landed.quarantined()).isEmpty();
            assertThat(stage.count("click")).isEqualTo(payloads.size());

            List<String> names = new ArrayList<>();
            for (byte[] payload : payloads) {
                JsonNode name = JSON.readTree(payload).at("/repository/owner/login");
                if (name.isString()) {
                    names.add(name.asString());
                }
            }
            assertThat(
                            stage
                                    .rows(
                                            """
                                            SELECT coalesce(to_jsonb(c) ->> 'repository__owner__login',
                                              c._mr_extra ->> 'repository__owner__login')
                                            FROM $S.click AS c ORDER BY 1\
                                            """)
                                    .stream()
                                    .filter(Objects::nonNull))
                    .containsExactlyInAnyOrderElementsOf(names);

            // The same shapes again change nothing about the table.
            String columns =
                    stage.one(
                            "SELECT count(*) FROM information_schema.columns WHERE table_schema ="
                                    + " '$S'");
            stage.land(payloads);
            assertThat(
                            stage.one(
                                    "SELECT count(*) FROM information_schema.columns WHERE"
                                            + " table_schema = '$S'"))
                    .isEqualTo(columns);
            assertThat(stage.count("click")).isEqualTo(2L * payloads.size());
        }
    }
}
