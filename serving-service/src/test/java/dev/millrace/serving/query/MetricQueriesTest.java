package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rows for the rest of the service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricQueriesTest {

    private static final Instant NOON = Instant.parse("2026-11-23T12:00:07Z");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String MODEL =
            """
            cubes:
              - name: ticks
                sql: "SELECT n, timestamptz '2026-11-23 11:00:00Z' + n * interval '10 s' AS at FROM generate_series(0, 1000) n"
                dimensions:
                  - {name: n, sql: n, type: number, primary_key: true}
                  - {name: parity, sql: "case when n % 2 = 0 then 'even' end", type: string}
                  - {name: at, sql: at, type: time}
                measures:
                  - {name: count, type: count}
                  - {name: average, sql: n, type: avg}
                  - {name: nothing, sql: "null::int", type: sum}
                  - {name: odd, sql: "'NaN'::float8", type: max}
                  - {name: word, sql: "'x'", type: max}
                  - {name: slow, sql: "pg_sleep(30)::text", type: count_distinct}
            """;

    private TestMetrics metrics;

    @BeforeAll
    void open() throws Exception {
        metrics =
                new TestMetrics(
                        TestWarehouse.create(),
                        new ProjectLoader(
                                        Environment.of(Map.of()), Set.of(ProjectLoader.Kind.CUBES))
                                .load(
                                        ProjectFiles.of(
                                                Map.of("model/cubes/a.yml", MODEL.getBytes(UTF_8))))
                                .cubes());
    }

    @AfterAll
    void close() {
        metrics.close();
    }

    private List<MetricRow> rows(String query, @Nullable Buckets buckets, int limit)
            throws MetricQueryException {
        return metrics.queries()
                .rows(JsonMapper.shared().readTree(query), NOON, buckets, limit, PATIENCE);
    }

    @Test
    void valuesAreNumbersAndWhatIsNoneIsNone() throws Exception {
        assertThat(
                        rows(
                                "{\"measures\": [\"ticks.count\", \"ticks.average\","
                                        + " \"ticks.nothing\", \"ticks.odd\"], \"dimensions\":"
                                        + " [\"ticks.parity\"]}",
                                null,
                                10))
                .anySatisfy(
                        row -> {
                            assertThat(row.dimensions()).containsEntry("ticks.parity", null);
                            assertThat(row.measures().get("ticks.count"))
                                    .isEqualTo(new BigDecimal("500"));
                            assertThat(row.measures().get("ticks.average"))
                                    .isEqualByComparingTo("500");
                            assertThat(row.measures()).containsEntry("ticks.nothing", null);
                            assertThat(row.measures()).containsEntry("ticks.odd", null);
                            assertThat(row.bucket()).isNull();
                        })
                .hasSize(2);
    }

    @Test
    void unitsOfTimeEndWhereTheyAreToldTo() throws Exception {
        Buckets buckets = Buckets.until(NOON, Duration.ofMinutes(1), 3);
        List<MetricRow> rows =
                rows(
                        """
                        {"measures": ["ticks.count"], "timezone": "Asia/Kolkata", "timeDimensions": [
                          {"dimension": "ticks.at", "granularity": "minute", "dateRange": "today"}]}\
                        """,
                        buckets,
                        10);

        assertThat(rows)
                .extracting(MetricRow::bucket)
                .containsExactlyInAnyOrder(
                        LocalDateTime.parse("2026-11-23T11:57:07"),
                        LocalDateTime.parse("2026-11-23T11:58:07"),
                        LocalDateTime.parse("2026-11-23T11:59:07"));
        assertThat(rows)
                .allSatisfy(
                        row ->
                                assertThat(row.measures().get("ticks.count"))
                                        .isEqualByComparingTo("6"));
        assertThat(buckets.index(buckets.start(2))).isEqualTo(2);
        assertThat(buckets.index(NOON)).isEqualTo(3);
        assertThat(buckets.index(buckets.from().minusSeconds(1))).isNegative();
    }

    @Test
    void wordsAreCountedFromTheMomentOfAsking() throws Exception {
        String query =
                """
                {"measures": ["ticks.count"], "timeDimensions": [
                  {"dimension": "ticks.at", "dateRange": "from 30 minutes ago to now"}]}\
                """;

        assertThat(metrics.queries().begin(JsonMapper.shared().readTree(query), NOON))
                .isEqualTo("2026-11-23T11:30:00Z");
        // From half past eleven to seven seconds past twelve, which it does not include.
        assertThat(rows(query, null, 10).getFirst().measures().get("ticks.count"))
                .isEqualByComparingTo("181");
        assertThat(
                        metrics.queries()
                                .begin(
                                        JsonMapper.shared()
                                                .readTree("{\"measures\": [\"ticks.count\"]}"),
                                        NOON))
                .isEqualTo(NOON);
    }

    @Test
    void moreRowsThanAllowedAreAnErrorNotAPart() throws Exception {
        String query = "{\"measures\": [\"ticks.count\"], \"dimensions\": [\"ticks.n\"]}";

        assertThat(rows(query, null, 1_001)).hasSize(1_001);
        assertThatThrownBy(() -> rows(query, null, 1_000))
                .isInstanceOf(MetricQueryException.class)
                .hasMessage(
                        "the query gives more than 1000 rows; filter it, or use fewer dimensions");
        assertThatIllegalArgumentException().isThrownBy(() -> rows(query, null, 0));
    }

    @Test
    void whatCannotBeAnsweredSaysWhy() {
        assertThatThrownBy(() -> rows("{\"measures\": [\"ticks.none\"]}", null, 10))
                .isInstanceOf(MetricQueryException.class)
                .hasMessage("'none' not found for path 'ticks.none'");
        assertThatThrownBy(() -> rows("{\"measures\": 1}", null, 10))
                .isInstanceOf(MetricQueryException.class)
                .hasMessageContaining("must be an array");
        assertThatThrownBy(() -> rows("{\"measures\": [\"ticks.word\"]}", null, 10))
                .isInstanceOf(MetricQueryException.class)
                .hasMessage("the measure ticks.word is no number");
    }

    @Test
    void nobodyWaitsLongerThanTheyAreReadyTo() {
        assertThatThrownBy(
                        () ->
                                metrics.queries()
                                        .rows(
                                                JsonMapper.shared()
                                                        .readTree(
                                                                "{\"measures\": [\"ticks.slow\"]}"),
                                                NOON,
                                                null,
                                                10,
                                                Duration.ofSeconds(1)))
                .isInstanceOf(MetricQueryException.class)
                .hasMessage("the query took too long");
    }
}
