package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The service with room for one query at once and for little memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class TightServiceTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String MODEL =
            """
            cubes:
              - name: gate
                sql: "SELECT pg_advisory_xact_lock_shared(7)::text AS passed, 'x' AS who"
                dimensions: [{name: who, sql: who, type: string}]
                measures:
                  - {name: count, type: count}
                  - {name: passed, type: string, sql: "max(passed)"}
              - name: wide
                sql: "SELECT i, repeat('x', 1000) || i AS text FROM generate_series(1, 1000) i"
                dimensions:
                  - {name: i, sql: i, type: number, primary_key: true}
                  - {name: text, sql: text, type: string}
              - name: gated
                sql: "SELECT i, repeat('x', 1000) || i AS text FROM (SELECT pg_advisory_xact_lock_shared(7)) gate, generate_series(1, 1000) i"
                dimensions:
                  - {name: i, sql: i, type: number, primary_key: true}
                  - {name: text, sql: text, type: string}
            """;

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;

    @BeforeAll
    void serve(@TempDir Path project) {
        RunningService.writeModel(project, MODEL);
        service =
                RunningService.start(
                        warehouse,
                        project,
                        "millrace.warehouse.pool-size=1",
                        "millrace.warehouse.connection-timeout=1s",
                        "millrace.warehouse.max-result-bytes=128KB",
                        "millrace.warehouse.result-memory=300KB",
                        "millrace.serving.continue-wait-timeout=250ms",
                        "millrace.serving.max-queries=6");
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    /** Queries of the gate pass when this is closed. */
    private Connection closedGate() throws SQLException {
        Connection gate = warehouse.connection(Role.TRANSFORM);
        try (Statement statement = gate.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(7)");
        }
        return gate;
    }

    private static String gate(int number) {
        return "{\"measures\":[\"gate.count\",\"gate.passed\"],\"filters\":[{\"member\":\"gate.who\",\"operator\":\"notEquals\",\"values\":[\"%d\"]}]}"
                .formatted(number);
    }

    @Test
    void moreSlowQueriesThanRunAtOnceAreAllToldToWaitAndAllServed() throws Exception {
        try (Connection gate = closedGate()) {
            for (Answer answer : askAll(0)) {
                assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
                assertThat(answer.error()).isEqualTo("Continue wait");
            }
            // Those that wait for their turn wait longer than opening a connection may take.
            for (int polls = 0; polls < 4; polls++) {
                assertThat(service.load(gate(5)).error()).isEqualTo("Continue wait");
            }
            assertThat(atTheGate()).isEqualTo(1);
            assertReady();
            assertThat(gate.isValid(5)).isTrue();
        }

        for (int i = 0; i < 6; i++) {
            String query = gate(i);
            Eventually.within(
                    SOON,
                    () ->
                            assertThat(
                                            service.load(query)
                                                    .data()
                                                    .path(0)
                                                    .path("gate.count")
                                                    .asString(""))
                                    .isEqualTo("1"));
        }
    }

    private int atTheGate() throws SQLException {
        try (Connection reader = warehouse.connection(Role.READER);
                Statement statement = reader.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                """
                                SELECT count(*) FROM pg_stat_activity
                                WHERE datname = current_database() AND wait_event = 'advisory'
                                """)) {
            row.next();
            return row.getInt(1);
        }
    }

    private void assertReady() {
        assertThat(service.send(service.request("/readyz").build()).status()).isEqualTo(200);
        Answer health = service.send(service.request("/actuator/health/readiness").build());
        assertThat(health.status()).isEqualTo(200);
    }

    @Test
    void readinessAsksTheWarehouseToo() {
        String token =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        java.util.Map.of("sub", "eve", "roles", List.of("reader")),
                        java.time.Instant.now().plusSeconds(60));
        Answer health =
                service.send(
                        service.request("/actuator/health/readiness")
                                .header("Authorization", "Bearer " + token)
                                .build());

        assertThat(health.body().path("components").propertyNames())
                .contains("warehouse", "db", "readinessState");
    }

    @Test
    void moreQueriesThanMayBeUnderWayAreToBeTriedAgain() throws Exception {
        try (Connection gate = closedGate()) {
            for (Answer answer : askAll(100)) {
                assertThat(answer.error()).isEqualTo("Continue wait");
            }
            Answer refused = service.load(gate(106));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error()).startsWith("Error: Too many queries are under way");
            assertThat(refused.response().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(gate.isValid(5)).isTrue();
        }
        for (int i = 0; i < 6; i++) {
            String query = gate(100 + i);
            Eventually.within(
                    SOON, () -> assertThat(service.load(query).data().size()).isEqualTo(1));
        }
    }

    /** Six at once. */
    private List<Answer> askAll(int first) throws Exception {
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> asked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String query = gate(first + i);
                asked.add(callers.submit(() -> service.load(query)));
            }
            for (Future<Answer> one : asked) {
                answers.add(one.get());
            }
        }
        return answers;
    }

    @Test
    void aRequestMayNotTakeMoreMemoryThanItsPart() throws Exception {
        Answer small = service.load(texts("wide", 50));
        Answer large = service.load(texts("wide", 500));

        assertThat(small.data().size()).as(small.body().toString()).isEqualTo(50);
        assertThat(large.status()).isEqualTo(500);
        assertThat(large.error())
                .isEqualTo(
                        "Error: The result is larger than 131072 bytes; ask for fewer rows or"
                                + " members");
        assertHoldsNothing();
    }

    @Test
    void resultsThatOthersHaveNotFetchedYetLeaveNoRoomUntilTheyDo() throws Exception {
        try (Connection gate = closedGate()) {
            for (int rows = 100; rows < 103; rows++) {
                assertThat(service.load(texts("gated", rows)).error()).isEqualTo("Continue wait");
            }
            assertThat(gate.isValid(5)).isTrue();
        }
        // Two have landed; there was no room for the third.
        Eventually.within(
                SOON,
                () ->
                        assertThat(service.bean(ResultMemory.class).used())
                                .isBetween(200_000L, 300_000L));
        Eventually.within(
                SOON,
                () -> {
                    Answer refused = service.load(texts("wide", 100));
                    assertThat(refused.status()).as(refused.body().toString()).isEqualTo(503);
                    assertThat(refused.error())
                            .isEqualTo(
                                    "Error: The service holds as many results as it can; try again"
                                            + " in a moment");
                    assertThat(refused.response().headers().firstValue("Retry-After"))
                            .hasValue("1");
                });

        for (int rows = 100; rows < 103; rows++) {
            String query = texts("gated", rows);
            int expected = rows;
            Eventually.within(
                    SOON, () -> assertThat(service.load(query).data().size()).isEqualTo(expected));
        }
        assertHoldsNothing();
    }

    private static String texts(String cube, int rows) {
        return "{\"dimensions\":[\"%1$s.text\"],\"filters\":[{\"member\":\"%1$s.i\",\"operator\":\"lte\",\"values\":[\"%2$d\"]}]}"
                .formatted(cube, rows);
    }

    /** An answer can be there before its memory is given back. */
    private void assertHoldsNothing() throws Exception {
        Eventually.within(SOON, () -> assertThat(service.bean(ResultMemory.class).used()).isZero());
    }
}
