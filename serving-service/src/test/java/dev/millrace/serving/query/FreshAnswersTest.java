package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Answers are kept while nothing that they were read from changes, and not a moment longer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FreshAnswersTest {

    private static final String MODEL =
            """
            cubes:
              - name: direct
                sql_table: facts.orders
                measures: [{name: count, type: count}, {name: total, type: sum, sql: amount}]
                dimensions: [{name: status, sql: status, type: string}]
              - name: viewed
                sql_table: facts.behind
                measures: [{name: count, type: count}]
              - name: called
                sql: "SELECT facts.counted() AS n"
                measures: [{name: n, type: max, sql: n}]
              - name: other
                sql_table: facts.others
                measures: [{name: count, type: count}]
              - name: unwatched
                sql_table: facts.unwatched
                measures: [{name: count, type: count}]
              - name: timed
                sql: "SELECT * FROM facts.orders WHERE at <= now()"
                measures: [{name: count, type: count}]
              - name: constant
                sql: "SELECT 7 AS n"
                measures: [{name: n, type: max, sql: n}]
              - name: transform
                sql: "SELECT o.amount AS freshness FROM facts.orders o"
                measures: [{name: count, type: count}]
                dimensions: [{name: freshness, sql: freshness, type: number}]
              - name: told
                sql: "SELECT f.version FROM facts.orders o, transform.freshness f WHERE f.relation = 'facts.others'"
                measures: [{name: n, type: max, sql: version}]
              - name: told_by_an_odd_name
                sql: "SELECT f.version FROM facts.orders o, transform /* of all */ . freshness f WHERE f.relation = 'facts.others'"
                measures: [{name: n, type: max, sql: version}]
              - name: measured
                sql: "SELECT pg_total_relation_size('facts.others') AS bytes FROM facts.orders o"
                measures: [{name: n, type: max, sql: bytes}]
              - name: told_by_a_view
                sql: "SELECT n FROM facts.orders o, facts.size"
                measures: [{name: n, type: max, sql: n}]
              - name: chance
                sql: "SELECT random() AS r FROM facts.orders"
                measures: [{name: r, type: max, sql: r}]
            """;

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;

    @BeforeAll
    void serve(@TempDir Path project) throws Exception {
        WatchedRelations.make(warehouse);
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA facts;
                GRANT USAGE ON SCHEMA facts TO millrace_reader;
                CREATE TABLE facts.orders (id int, status text, amount numeric, at timestamptz DEFAULT now());
                CREATE TABLE facts.others (id int);
                CREATE TABLE facts.unwatched (id int);
                CREATE VIEW facts.inner_view AS SELECT * FROM facts.orders WHERE status = 'paid';
                CREATE VIEW facts.size AS SELECT count(*) AS n FROM pg_class WHERE relnamespace = 'facts'::regnamespace;
                CREATE VIEW facts.behind AS SELECT * FROM facts.inner_view;
                CREATE FUNCTION facts.counted() RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS
                  'BEGIN RETURN (SELECT count(*) FROM facts.orders); END';
                GRANT SELECT ON ALL TABLES IN SCHEMA facts TO millrace_reader;
                INSERT INTO transform.relation_version VALUES ('facts.orders', 1, now(), '2026-01-02', '{unique_id}'), ('facts.others', 1, now(), NULL, '{}');
                """);
        RunningService.writeModel(project, MODEL);
        service = RunningService.start(warehouse, project, "millrace.serving.cache.brief=1h");
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @BeforeEach
    void oneOrder() throws SQLException {
        write(
                "DELETE FROM facts.orders; INSERT INTO facts.orders (id, status, amount) VALUES (1,"
                        + " 'paid', 5)",
                "facts.orders");
        ask("direct.count");
    }

    /** A change, as transform makes it: its version in the same transaction. */
    private void write(String sql, String relation) throws SQLException {
        WatchedRelations.change(warehouse, relation, sql);
    }

    private String ask(String measure) {
        return ask(measure, "");
    }

    private String ask(String measure, String parameters) {
        Answer answer =
                service.get(
                        "/cubejs-api/v1/load?query="
                                + RunningService.encoded("{\"measures\":[\"" + measure + "\"]}")
                                + parameters);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().path("data").path(0).path(measure).asString();
    }

    /** Changes rows without telling, so that it shows whether an answer was kept. */
    private void sneak(String sql) throws SQLException {
        warehouse.execute(Role.TRANSFORM, sql);
    }

    @Test
    @Timeout(20)
    void whatIsReadFromNoRelationIsAnsweredEachTime() {
        for (int i = 0; i < 3; i++) {
            assertThat(ask("constant.n")).isEqualTo("7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct.count", "viewed.count", "called.n", "transform.count"})
    void anAnswerIsKeptUntilTheRowsBehindItChange(String measure) throws SQLException {
        assertThat(ask(measure)).isEqualTo("1");
        sneak("INSERT INTO facts.orders (id, status) VALUES (2, 'paid')");
        assertThat(ask(measure)).as("kept").isEqualTo("1");

        write("INSERT INTO facts.orders (id, status) VALUES (3, 'paid')", "facts.orders");

        assertThat(ask(measure)).isEqualTo("3");
    }

    @Test
    void aChangeTouchesNothingElse() throws SQLException {
        assertThat(ask("direct.count")).isEqualTo("1");
        sneak("INSERT INTO facts.orders (id) VALUES (2)");

        write("INSERT INTO facts.others VALUES (1)", "facts.others");

        assertThat(ask("direct.count")).as("still kept").isEqualTo("1");
        assertThat(ask("other.count")).isNotEqualTo("0");
    }

    @Test
    void aTableThatTakesTheNameIsAnotherOne() throws SQLException {
        assertThat(ask("direct.count")).isEqualTo("1");

        sneak(
                """
                BEGIN; CREATE TABLE facts.anew (LIKE facts.orders INCLUDING ALL); GRANT SELECT ON facts.anew TO millrace_reader;
                ALTER TABLE facts.orders RENAME TO old; ALTER TABLE facts.anew RENAME TO orders; COMMIT
                """);
        assertThat(ask("direct.count")).isEqualTo("0");

        sneak("BEGIN; DROP TABLE facts.orders; ALTER TABLE facts.old RENAME TO orders; COMMIT");
        assertThat(ask("direct.count")).isEqualTo("1");
    }

    @Test
    void aViewThatIsDefinedAnewIsReadAnew() throws SQLException {
        assertThat(ask("viewed.count")).isEqualTo("1");

        sneak(
                "CREATE OR REPLACE VIEW facts.inner_view AS SELECT * FROM facts.orders WHERE status"
                        + " = 'no such'");
        assertThat(ask("viewed.count")).isEqualTo("0");

        sneak(
                "CREATE OR REPLACE VIEW facts.inner_view AS SELECT * FROM facts.orders WHERE status"
                        + " = 'paid'");
        assertThat(ask("viewed.count")).isEqualTo("1");
    }

    @Test
    void whatNobodyWatchesIsReadEachTime() throws SQLException {
        String before = ask("unwatched.count");
        sneak("INSERT INTO facts.unwatched VALUES (1)");

        assertThat(ask("unwatched.count")).isNotEqualTo(before);
        assertThat(ask("chance.r")).isNotEqualTo(ask("chance.r"));
    }

    @Test
    void whatIsSaidOfRelationsIsReadEachTime() throws SQLException {
        for (String measure :
                List.of("told.n", "told_by_an_odd_name.n", "told_by_a_view.n", "measured.n")) {
            String before = ask(measure);

            write(
                    "CREATE TABLE facts.more_"
                            + measure.length()
                            + " (); INSERT INTO facts.others SELECT generate_series(1, 10000)",
                    "facts.others");

            assertThat(ask(measure)).as(measure).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', kept",
        "&cache=must-revalidate, kept",
        "&cache=stale-if-slow, kept",
        "&cache=stale-while-revalidate, kept",
        "&cache=no-cache, read"
    })
    void whoAsksForItGetsAnAnswerReadAnew(String parameters, String expected) throws SQLException {
        assertThat(ask("direct.count")).isEqualTo("1");
        sneak("INSERT INTO facts.orders (id) VALUES (2)");

        assertThat(ask("direct.count", parameters)).isEqualTo(expected.equals("kept") ? "1" : "2");
    }

    @Test
    void whoIsContentWithAnOldAnswerGetsItAndTheNextGetsTheNewOne() throws Exception {
        assertThat(ask("direct.count")).isEqualTo("1");
        write("INSERT INTO facts.orders (id) VALUES (2)", "facts.orders");

        assertThat(ask("direct.count", "&cache=stale-while-revalidate")).isEqualTo("1");
        Eventually.within(
                Duration.ofSeconds(10),
                () ->
                        assertThat(ask("direct.count", "&cache=stale-while-revalidate"))
                                .isEqualTo("2"));
    }

    @Test
    void anUnknownPolicyIsToldWhichThereAre() {
        Answer answer =
                service.get(
                        "/cubejs-api/v1/load?cache=x&query="
                                + RunningService.encoded("{\"measures\":[\"direct.count\"]}"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("stale-while-revalidate");
    }

    @Test
    void anAnswerTellsHowFreshItIsAndWhatFails() {
        Answer answer = service.load("{\"measures\":[\"viewed.count\"]}");

        assertThat(answer.body().path("freshness").size()).isEqualTo(1);
        assertThat(answer.body().path("freshness").path(0).path("relation").asString())
                .isEqualTo("facts.orders");
        assertThat(answer.body().path("freshness").path(0).path("failedChecks").toString())
                .isEqualTo("[\"unique_id\"]");
        assertThat(answer.body().path("freshness").path(0).path("watermark").asString())
                .startsWith("2026-01-0");
    }

    @Test
    void whoHasTheAnswerAlreadyIsToldSo() throws Exception {
        HttpResponse<String> first = tagged(null);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(first.headers().firstValue("Cache-Control")).hasValue("private, no-cache");

        HttpResponse<String> again = tagged(tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();

        write("INSERT INTO facts.orders (id) VALUES (2)", "facts.orders");
        HttpResponse<String> changed = tagged(tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
    }

    private HttpResponse<String> tagged(@Nullable String tag) throws Exception {
        var request =
                service.request(
                                "/cubejs-api/v1/load?query="
                                        + RunningService.encoded(
                                                "{\"measures\":[\"direct.count\"]}"))
                        .header("Authorization", RunningService.token());
        if (tag != null) {
            request.header("If-None-Match", tag);
        }
        try (var client = java.net.http.HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void noAnswerIsOlderThanWhatWasCommittedBeforeItWasAskedFor() throws Exception {
        AtomicLong committed = new AtomicLong(1);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Callable<Long> reader =
                        () -> {
                            long asked = 0;
                            while (!done.get()) {
                                long before = committed.get();
                                assertThat(Long.parseLong(ask("direct.count")))
                                        .isGreaterThanOrEqualTo(before);
                                asked++;
                            }
                            return asked;
                        };
                readers.add(threads.submit(reader));
            }
            for (int id = 2; id <= 120; id++) {
                write("INSERT INTO facts.orders (id) VALUES (%d)".formatted(id), "facts.orders");
                committed.set(id);
            }
            done.set(true);
            for (Future<Long> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
        assertThat(ask("direct.count")).isEqualTo("120");
    }
}
