package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What real Cube 0.35.81 answered on Northwind, asked of this service. */
@EnabledIf(
        value = "isCorpusThere",
        disabledReason = "the corpus cube-northwind is not beside this checkout")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CubeConformanceTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Sums over {@code real} columns, whose last digits depend on the order of the rows. */
    private static final Set<String> FLOATS =
            Set.of("orders.freight", "orders.avg_freight", "orders.freight_rolling_3m");

    private static final double FLOAT_TOLERANCE = 1e-5;

    private RunningService service;
    private JsonNode recorded;

    static boolean isCorpusThere() {
        return corpora().isPresent();
    }

    private static Optional<Path> corpora() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.iterate(here, at -> at != null, Path::getParent)
                .map(at -> at.resolve("shared/corpora"))
                .filter(at -> Files.isDirectory(at.resolve("cube-northwind")))
                .findFirst();
    }

    @BeforeAll
    void serveNorthwind(@TempDir Path project) throws IOException, SQLException {
        Path corpora = corpora().orElseThrow();
        recorded =
                JSON.readTree(
                        Files.readString(
                                corpora.resolve("cube-northwind/cube-0.35.81-responses.json")));
        TestWarehouse warehouse = TestWarehouse.create();
        String sql =
                Files.readString(corpora.resolve("databases/northwind.sql"))
                        .replace("SET default_with_oids = false;", "");
        try (Connection connection = warehouse.ownerConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            statement.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO millrace_reader");
        }
        RunningService.writeModel(
                project, Files.readString(corpora.resolve("cube-northwind/model.yml")));
        service = RunningService.start(warehouse, project);
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> everyQueryIsAnsweredAsCubeAnsweredIt() {
        return recorded.path("queries").properties().stream()
                .map(
                        entry ->
                                dynamicTest(
                                        entry.getKey(),
                                        () -> checkLoad(entry.getKey(), entry.getValue())));
    }

    private void checkLoad(String name, JsonNode expected) {
        String query = expected.path("query").toString();
        JsonNode body = expected.path("get").path("body");
        Answer answer =
                body.has("results") || expected.path("query").isArray()
                        ? service.multi(query)
                        : service.load(query);
        assertThat(answer.status())
                .as(answer.body().toString())
                .isEqualTo(expected.path("get").path("status").asInt());
        assertSame(name, body, answer.body());
    }

    @TestFactory
    Stream<DynamicTest> sqlIsTheSameInItsValuesAndNames() {
        return recorded.path("queries").properties().stream()
                .filter(entry -> entry.getValue().has("sql"))
                .map(entry -> dynamicTest(entry.getKey(), () -> checkSql(entry.getValue())));
    }

    private void checkSql(JsonNode expected) {
        Answer answer =
                service.get(
                        "/cubejs-api/v1/sql?query="
                                + RunningService.encoded(expected.path("query").toString()));
        JsonNode recordedSql = expected.path("sql");
        assertThat(answer.status())
                .as(answer.body().toString())
                .isEqualTo(recordedSql.path("status").asInt());
        if (!recordedSql.path("body").has("sql")) {
            assertThat(answer.body()).isEqualTo(recordedSql.path("body"));
            return;
        }
        JsonNode theirs = recordedSql.path("body").path("sql");
        JsonNode ours = answer.body().path("sql");
        assertThat(ours.path("aliasNameToMember")).isEqualTo(theirs.path("aliasNameToMember"));
        assertThat(ours.path("order")).isEqualTo(theirs.path("order"));
        if (theirs.toString().contains("_cumulative__")) {
            // Cube writes out the units of a rolling window one by one.
            return;
        }
        // Cube sends a time zone as text in the SQL, and ranges that end with a millisecond.
        assertThat(values(ours.path("sql").path(1)))
                .containsExactlyElementsOf(values(theirs.path("sql").path(1)));
    }

    private static java.util.List<String> values(JsonNode list) {
        return list.valueStream()
                .map(JsonNode::asString)
                .filter(value -> !value.equals("UTC") && !value.contains("/"))
                .map(value -> value.replace(".999999Z", ".999Z"))
                .toList();
    }

    @Test
    void theCatalogueIsTheSame() {
        JsonNode cubes = service.get("/cubejs-api/v1/meta").body().path("cubes");

        assertSame("meta", recorded.path("meta").path("body").path("cubes"), cubes);
    }

    @Test
    void aDryRunTellsTheSame() {
        Answer answer =
                service.get(
                        "/cubejs-api/v1/dry-run?query="
                                + RunningService.encoded(
                                        recorded.path("queries")
                                                .path("by_country")
                                                .path("query")
                                                .toString()));

        assertSame("dry_run", recorded.path("dry_run").path("body"), answer.body());
    }

    @Test
    void probesAnswerAsCubes() {
        for (String probe : Set.of("livez", "readyz")) {
            assertThat(service.send(service.request("/" + probe).build()).body())
                    .isEqualTo(recorded.path(probe).path("body"));
        }
    }

    @TestFactory
    Stream<DynamicTest> requestsThatAreNoQueryAreRefusedInCubesWords() {
        Map<String, Answer> answers =
                Map.of(
                        "no_token",
                        service.send(service.request("/cubejs-api/v1/meta").build()),
                        "bad_token",
                        service.send(
                                service.request("/cubejs-api/v1/meta")
                                        .header("Authorization", "nonsense")
                                        .build()),
                        "no_query",
                        service.get("/cubejs-api/v1/load"),
                        "bearer_prefix",
                        service.send(
                                service.request(
                                                "/cubejs-api/v1/load?query="
                                                        + RunningService.encoded(
                                                                "{\"measures\":[\"orders.count\"]}"))
                                        .header("Authorization", "Bearer " + RunningService.token())
                                        .build()),
                        "post_count",
                        service.post(
                                "/cubejs-api/v1/load",
                                "{\"query\":{\"measures\":[\"orders.count\"]}}"));
        return answers.entrySet().stream()
                .map(
                        entry ->
                                dynamicTest(
                                        entry.getKey(),
                                        () -> {
                                            JsonNode expected = recorded.path(entry.getKey());
                                            assertThat(entry.getValue().status())
                                                    .isEqualTo(expected.path("status").asInt());
                                            assertSame(
                                                    entry.getKey(),
                                                    expected.path("body"),
                                                    entry.getValue().body());
                                        }));
    }

    /** Everything that Cube's answer has; ours may have more. */
    private static void assertSame(String path, JsonNode expected, JsonNode actual) {
        switch (expected) {
            case ObjectNode object ->
                    object.properties()
                            .forEach(
                                    entry -> {
                                        String inner = path + "/" + entry.getKey();
                                        assertThat(actual.has(entry.getKey())).as(inner).isTrue();
                                        if (FLOATS.contains(entry.getKey())
                                                && entry.getValue().isNumber()) {
                                            assertClose(
                                                    inner,
                                                    entry.getValue(),
                                                    actual.get(entry.getKey()));
                                        } else {
                                            assertSame(
                                                    inner,
                                                    entry.getValue(),
                                                    actual.get(entry.getKey()));
                                        }
                                    });
            case ArrayNode array -> {
                assertThat(actual.size()).as(path + ": " + actual).isEqualTo(array.size());
                for (int i = 0; i < array.size(); i++) {
                    assertSame(path + "/" + i, array.get(i), actual.get(i));
                }
            }
            default -> assertThat(actual).as(path).isEqualTo(expected);
        }
    }

    private static void assertClose(String path, JsonNode expected, JsonNode actual) {
        assertThat(actual.isNumber()).as(path + " is a number: " + actual).isTrue();
        assertThat(actual.asDouble())
                .as(path)
                .isCloseTo(
                        expected.asDouble(),
                        org.assertj.core.data.Offset.offset(
                                Math.abs(expected.asDouble()) * FLOAT_TOLERANCE));
    }
}
