package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import tools.jackson.databind.JsonNode;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One request's statements: what they hold, and how they end. */
@Timeout(60)
class QueryRunTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String MODEL =
            """
            cubes:
              - name: rows
                sql: "SELECT i, repeat('x', 1000) || i AS wide, timestamptz '2026-01-01Z' AS at FROM generate_series(1, 12345) i"
                dimensions:
                  - {name: i, sql: i, type: number, primary_key: true, public: true}
                  - {name: wide, sql: wide, type: string}
                  - {name: at, sql: at, type: time}
                measures: [{name: count, type: count}]
              - name: huge
                sql: "SELECT i, repeat(chr(97 + i % 26), 100000) AS page FROM generate_series(1, 70) i"
                dimensions:
                  - {name: i, sql: i, type: number, primary_key: true, public: true}
                  - {name: page, sql: page, type: string}
              - name: slow
                sql: "SELECT pg_sleep(60)::text AS slept"
                measures: [{name: count, type: count}]
            """;

    private static final String WIDE =
            "{\"dimensions\":[\"rows.wide\"],\"limit\":%d,\"responseFormat\":\"%s\"}";
    private static final String SLOW = "{\"measures\":[\"slow.count\"]}";

    private static Bench bench(Bench.Settings settings) {
        return new Bench(settings, MODEL, Clock.systemUTC());
    }

    private static Bench.Settings settings() {
        return Bench.Settings.of(WAREHOUSE);
    }

    private static Bench tight(long perRequestKib, long processKib) {
        return bench(
                settings()
                        .maxResultBytes(DataSize.ofKilobytes(perRequestKib))
                        .resultMemory(DataSize.ofKilobytes(processKib)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "compact", "columnar"})
    void allOfManyRowsComeInOrderHoweverTheyAreFetched(String format) {
        try (Bench bench = bench(settings())) {
            JsonNode data =
                    bench.data(
                            "{\"dimensions\":[\"rows.i\"],\"order\":{\"rows.i\":\"asc\"},\"limit\":50000,\"responseFormat\":\"%s\"}"
                                    .formatted(format));

            assertThat(values(data, format).size()).isEqualTo(12_345);
            int expected = 1;
            for (JsonNode value : values(data, format)) {
                assertThat(value.asInt()).isEqualTo(expected++);
            }
        }
    }

    private static List<JsonNode> values(JsonNode data, String format) {
        return switch (format) {
            case "compact" -> data.path("dataset").valueStream().map(row -> row.get(0)).toList();
            case "columnar" -> data.path("columns").path(0).valueStream().toList();
            default -> data.valueStream().map(row -> row.get("rows.i")).toList();
        };
    }

    @Test
    void oneLargeResultIsEnoughToReadTheNextInParts() throws Exception {
        String pages = "{\"dimensions\":[\"huge.i\",\"huge.page\"]}";
        try (Bench bench = bench(settings())) {
            assertThat(bench.data(pages).size()).isEqualTo(70);
            Set<Long> sessions = sessions();

            for (int i = 0; i < 3; i++) {
                assertThat(bench.data(pages).size()).isEqualTo(70);
                assertThat(bench.data("{\"measures\":[\"rows.count\"]}").size()).isEqualTo(1);
            }

            assertThat(sessions()).as("no connection was lost again").containsAll(sessions);
        }
    }

    private static Set<Long> sessions() throws SQLException {
        return numbers(
                WAREHOUSE,
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND pid <> pg_backend_pid()");
    }

    private static Set<Long> numbers(TestWarehouse warehouse, String sql) throws SQLException {
        Set<Long> numbers = new HashSet<>();
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                numbers.add(found.getLong(1));
            }
        }
        return numbers;
    }

    @Test
    void postgresMayUseAllOfItsWorkersForAnAnswer() throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA facts;
                CREATE TABLE facts.orders AS SELECT generate_series(1, 10000) AS id;
                ANALYZE facts.orders;
                GRANT USAGE ON SCHEMA facts TO millrace_reader;
                GRANT SELECT ON facts.orders TO millrace_reader;
                """);
        String model =
                """
                cubes:
                  - name: orders
                    sql_table: facts.orders
                    measures: [{name: count, type: count}]
                """;
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            for (String setting :
                    List.of(
                            "min_parallel_table_scan_size = 0",
                            "parallel_setup_cost = 0",
                            "parallel_tuple_cost = 0",
                            "parallel_leader_participation = off")) {
                statement.execute("ALTER DATABASE " + owner.getCatalog() + " SET " + setting);
            }
        }
        try (Bench bench = new Bench(warehouse, model)) {
            assertThat(bench.data("{\"measures\":[\"orders.count\"]}").size()).isEqualTo(1);
        }

        Eventually.within(SOON, () -> assertThat(workers(warehouse)).isPositive());
    }

    /** How many parallel workers have been there, as sessions tell when they end. */
    private static long workers(TestWarehouse warehouse) throws SQLException {
        return numbers(
                        warehouse,
                        "SELECT parallel_workers_launched FROM pg_stat_database"
                                + " WHERE datname = current_database()")
                .iterator()
                .next();
    }

    @Test
    void rowsOfAHundredKilobytesComeWholeAndFewAtATime() {
        try (Bench bench = bench(settings())) {
            JsonNode data =
                    bench.data(
                            "{\"dimensions\":[\"huge.i\",\"huge.page\"],\"order\":{\"huge.i\":\"asc\"}}");

            assertThat(data.size()).isEqualTo(70);
            for (JsonNode row : data.valueStream().toList()) {
                String letter = String.valueOf((char) (97 + row.path("huge.i").asInt() % 26));
                assertThat(row.path("huge.page").asString()).isEqualTo(letter.repeat(100_000));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "compact", "columnar"})
    void aResultThatIsTooLargeIsRefusedAndHoldsNothing(String format) {
        try (Bench bench = tight(256, 1_024)) {
            assertThat(bench.data(WIDE.formatted(100, format)).isEmpty()).isFalse();

            assertThatThrownBy(() -> bench.data(WIDE.formatted(1_000, format)))
                    .isInstanceOf(QueryException.class)
                    .hasMessageStartingWith("The result is larger than 262144 bytes");
            assertThat(bench.memory.used()).isZero();
        }
    }

    @Test
    void theResultsOfOneRequestAreLimitedTogether() throws Exception {
        String part =
                """
                {"dimensions":["rows.wide"],"limit":100,
                 "timeDimensions":[{"dimension":"rows.at","granularity":"day"}]}
                """;
        try (Bench bench = tight(256, 1_024)) {
            Bench.Asked one = bench.ask("[" + part + "]");
            assertThat(one.results().rows()).isEqualTo(100);
            assertThat(bench.memory.used()).isBetween(100_000L, 262_144L);
            one.run().end();

            Bench.Asked three = bench.ask("[" + part + "," + part + "," + part + "]");
            assertThatThrownBy(three::results).isInstanceOf(QueryException.class);
            assertThat(bench.memory.used()).isZero();
        }
    }

    @Test
    void whatIsReadAgainInPartsIsHeldOnce() throws Exception {
        String part =
                """
                {"dimensions":["rows.wide"],"limit":%d,
                 "timeDimensions":[{"dimension":"rows.at","granularity":"day"}]}
                """;
        try (Bench bench = tight(1_600, 1_600)) {
            // The second does not come at once, when the first has been read already.
            Bench.Asked asked =
                    bench.ask("[" + part.formatted(400) + "," + part.formatted(700) + "]");

            assertThat(asked.results().rows()).isEqualTo(1_100);

            long held = bench.memory.used();
            assertThat(held).isBetween(1_100_000L, 1_600L << 10);
            asked.run().end();
            assertThat(bench.ask("[" + part.formatted(400) + "]").results().rows()).isEqualTo(400);
            assertThat(bench.memory.used()).isLessThan(held / 2);
        }
    }

    @Test
    void whenOthersHoldTheMemoryARequestMayTryAgain() throws Exception {
        try (Bench bench = tight(256, 256)) {
            Bench.Asked first = bench.ask(WIDE.formatted(150, "default"));
            first.results();

            Bench.Asked second = bench.ask(WIDE.formatted(150, "default"));
            assertThatThrownBy(second::results).isInstanceOf(BusyException.class);
            first.run().end();

            Bench.Asked third = bench.ask(WIDE.formatted(150, "default"));
            assertThat(third.results().rows()).isEqualTo(150);
            third.run().end();
            assertThat(bench.memory.used()).isZero();
        }
    }

    @Test
    void aQueryThatFailsHoldsNothing() {
        try (Bench bench = bench(settings())) {
            assertThat(
                            catchThrowable(
                                    () ->
                                            bench.ask(
                                                            """
                                                            {"dimensions":["rows.wide"],
                                                             "filters":[{"member":"rows.i","operator":"equals","values":["1e500000"]}]}
                                                            """)
                                                    .results()))
                    .isInstanceOf(SQLException.class);
            assertThat(bench.memory.used()).isZero();
        }
    }

    @Test
    void resultsSayOfWhenTheyAre() throws Exception {
        SettableClock clock = SettableClock.at("2026-03-01T10:00:00Z");
        try (Bench bench = new Bench(settings(), MODEL, clock)) {
            Bench.Asked asked = bench.ask(WIDE.formatted(1, "default"));
            clock.advance(Duration.ofMinutes(5));
            Results results = asked.results();
            clock.advance(Duration.ofMinutes(5));

            assertThat(results.readAt()).isEqualTo(Instant.parse("2026-03-01T10:05:00Z"));
            asked.run().end();
        }
    }

    @Test
    void oneThatWaitsForItsTurnEndsAtOnceAndTakesNone() throws Exception {
        try (Bench bench = bench(settings().poolSize(1));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Bench.Asked asked = bench.ask(WIDE.formatted(1, "default"));
            try (Warehouse.Turn turn = bench.warehouse.turn()) {
                assertThat(turn.connection().isValid(5)).isTrue();
                Future<Results> waiting = threads.submit(asked::results);
                assertThatThrownBy(() -> waiting.get(200, TimeUnit.MILLISECONDS))
                        .isInstanceOf(java.util.concurrent.TimeoutException.class);

                asked.run().end();

                assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(InterruptedException.class);
            }
            assertThat(bench.data(WIDE.formatted(1, "default")).size()).isEqualTo(1);
        }
    }

    @Test
    void oneThatRunsIsCancelledInTheDatabaseAndItsConnectionIsGoodForTheNext() throws Exception {
        try (Bench bench = bench(settings().poolSize(1));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Bench.Asked asked = bench.ask(SLOW);
            Future<Results> running = threads.submit(asked::results);
            Eventually.within(SOON, () -> assertThat(sleeping()).isEqualTo(1));

            asked.run().end();

            assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("canceling statement");
            assertThat(bench.data(WIDE.formatted(1, "default")).size()).isEqualTo(1);
            Eventually.within(SOON, () -> assertThat(sleeping()).isZero());
        }
    }

    private static int sleeping() throws SQLException {
        try (Connection reader = WAREHOUSE.connection(Role.READER);
                Statement statement = reader.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                """
                                SELECT count(*) FROM pg_stat_activity
                                WHERE datname = current_database() AND state = 'active'
                                  AND wait_event = 'PgSleep'
                                """)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void oneThatIsEndedBeforeItBeginsAsksNothing() {
        try (Bench bench = bench(settings())) {
            Bench.Asked asked = bench.ask(SLOW);
            asked.run().end();

            assertThatThrownBy(asked::results)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("nobody waits");
        }
    }

    @Test
    void theTotalCountsWhatLimitAndOffsetLeaveOut() throws Exception {
        try (Bench bench = bench(settings())) {
            Bench.Asked asked =
                    bench.ask(
                            "{\"dimensions\":[\"rows.i\"],\"limit\":3,\"offset\":9,\"total\":true}");
            ResultRows rows = asked.results().queries().getFirst();

            assertThat(rows.rows()).isEqualTo(3);
            assertThat(rows.total()).isEqualTo(12_345);
            asked.run().end();
        }
    }
}
