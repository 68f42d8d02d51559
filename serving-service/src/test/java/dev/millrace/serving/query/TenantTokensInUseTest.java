package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.TestTenantTokens;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.serving.semantic.SqlStatement;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Row-level security under the doors: a model without policies, whose SQL is sometimes hostile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantTokensInUseTest {

    private static final String MODEL =
            """
            cubes:
              - name: pages
                sql_table: web.pages
                dimensions:
                  - {name: id, sql: id, type: string, primary_key: true, public: true}
                  - {name: token, sql: "current_setting('millrace.tenant_token', true)", type: string}
                measures:
                  - {name: count, type: count}
              - name: claims_to_be_b
                sql: "SELECT p.* FROM (SELECT set_config('millrace.tenant_token', 'b', true) AS s OFFSET 0) s CROSS JOIN LATERAL (SELECT * FROM web.pages WHERE s.s IS NOT NULL) p"
                dimensions: [{name: id, sql: id, type: string, primary_key: true, public: true}]
              - name: claims_to_be_b_for_good
                sql: "SELECT p.* FROM (SELECT set_config('millrace.tenant_token', 'b', false) AS s OFFSET 0) s CROSS JOIN LATERAL (SELECT * FROM web.pages WHERE s.s IS NOT NULL) p"
                dimensions: [{name: id, sql: id, type: string, primary_key: true, public: true}]
            """;

    private static final Tenants A = new Tenants.Named(Set.of("a"));
    private static final Tenants B = new Tenants.Named(Set.of("b"));

    private TestWarehouse warehouse;
    private RunningService service;
    private RunningService another;

    @BeforeAll
    void serve(@TempDir Path project) throws SQLException {
        warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA web;
                GRANT USAGE ON SCHEMA web TO millrace_reader;
                CREATE TABLE web.pages (id text, tenant_id text);
                INSERT INTO web.pages VALUES ('a1', 'a'), ('b1', 'b'), ('nobody', NULL);
                SELECT millrace.separate_tenants('web.pages', 'tenant_id');
                GRANT SELECT ON web.pages TO millrace_reader;
                """);
        RunningService.writeModel(project, MODEL);
        service =
                RunningService.start(
                        warehouse,
                        project,
                        "millrace.serving.all-tenants-groups=support,finance",
                        "millrace.warehouse.pool-size=1");
        another =
                RunningService.start(
                        warehouse, project, "millrace.serving.operators-see-all-tenants=false");
    }

    @AfterAll
    void stop() {
        for (RunningService running : new RunningService[] {service, another}) {
            if (running != null) {
                running.close();
            }
        }
    }

    private static String ids(String cube) {
        return "{\"dimensions\":[\"%1$s.id\"],\"order\":{\"%1$s.id\":\"asc\"}}".formatted(cube);
    }

    private static List<String> asked(RunningService service, Map<String, Object> claims) {
        return asked(
                service,
                RunningService.token(
                        RunningService.API_SECRET, claims, Instant.now().plusSeconds(3_600)));
    }

    private static List<String> asked(RunningService service, String token) {
        Answer answer =
                service.send(
                        service.request(
                                        "/cubejs-api/v1/load?query="
                                                + RunningService.encoded(ids("pages")))
                                .header("Authorization", token)
                                .build());
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.data()
                .valueStream()
                .map(row -> row.path("pages.id").asString("null"))
                .toList();
    }

    private static String operatorToken() {
        return RunningService.token(
                RunningService.OPERATOR_SECRET,
                Map.of("sub", "ann", "role", "reader"),
                Instant.now().plusSeconds(600));
    }

    @Test
    void callersSeeTheRowsOfTheTenantInTheirToken() {
        assertThat(asked(service, Map.of("tenant_id", "a"))).containsExactly("a1");
        assertThat(asked(service, Map.of("tenant_id", "b"))).containsExactly("b1");
        assertThat(asked(service, Map.of("tenant_id", List.of("a", "b"))))
                .containsExactly("a1", "b1");
        assertThat(asked(service, Map.of("u", Map.of("tenant_id", "a")))).containsExactly("a1");
    }

    @Test
    void callersWithoutATenantSeeNone() {
        assertThat(asked(service, Map.of("sub", "ann"))).isEmpty();
        assertThat(asked(service, Map.of("tenant_id", "*"))).isEmpty();
        assertThat(asked(service, Map.of("tenant_id", true))).isEmpty();
    }

    @Test
    void callersOfSomeGroupsSeeAll() {
        assertThat(asked(service, Map.of("groups", List.of("finance"))))
                .containsExactly("a1", "b1", "nobody");
        assertThat(asked(another, Map.of("groups", List.of("finance")))).isEmpty();
    }

    @Test
    void operatorsSeeAllUnlessTheyAreNotTo() {
        assertThat(asked(service, operatorToken())).containsExactly("a1", "b1", "nobody");
        assertThat(asked(another, operatorToken())).isEmpty();
        // Whose claims look like an operator's is none.
        assertThat(asked(service, Map.of("operator", "ann"))).isEmpty();
    }

    @Test
    void thePlatformSeesAll() throws MetricQueryException {
        assertThat(
                        service.bean(MetricQueries.class)
                                .rows(
                                        JsonMapper.shared()
                                                .readTree("{\"measures\":[\"pages.count\"]}"),
                                        Instant.now(),
                                        null,
                                        10,
                                        Duration.ofSeconds(20)))
                .singleElement()
                .satisfies(
                        row ->
                                assertThat(row.measures().get("pages.count"))
                                        .isEqualByComparingTo("3"));
    }

    @Test
    void oneConnectionPassesFromTenantToTenantAndKeepsNothing() throws Exception {
        List<Future<Boolean>> all = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 300; i++) {
                Random random = new Random(i);
                all.add(
                        callers.submit(
                                () -> {
                                    RunningService replica =
                                            random.nextBoolean() ? service : another;
                                    return switch (random.nextInt(4)) {
                                        case 0 ->
                                                asked(replica, Map.of("tenant_id", "a"))
                                                        .equals(List.of("a1"));
                                        case 1 ->
                                                asked(replica, Map.of("tenant_id", "b"))
                                                        .equals(List.of("b1"));
                                        case 2 -> asked(service, operatorToken()).size() == 3;
                                        default -> asked(replica, Map.of("sub", "x")).isEmpty();
                                    };
                                }));
            }
        }
        assertThat(Collections.frequency(all.stream().map(Future::resultNow).toList(), true))
                .isEqualTo(all.size());
    }

    private Bench bench() {
        return new Bench(Bench.Settings.of(warehouse).poolSize(1), MODEL, Clock.systemUTC());
    }

    private static List<List<String>> rows(Bench bench, String cube, Tenants tenants) {
        return bench.rows(ids(cube), Viewer.PLATFORM, tenants);
    }

    @Test
    void aStatementThatNamesATenantByItselfSeesNothing() {
        try (Bench bench = bench()) {
            for (String cube : List.of("claims_to_be_b", "claims_to_be_b_for_good")) {
                assertThat(rows(bench, cube, A)).as(cube).isEmpty();
                // And the next has its own again, or none.
                assertThat(rows(bench, "pages", A)).containsExactly(List.of("a1"));
                assertThat(rows(bench, "pages", Tenants.NONE)).isEmpty();
            }
        }
    }

    private static List<String> ids(Warehouse.Turn turn, String sql, String token)
            throws SQLException {
        List<String> ids = new ArrayList<>();
        try (TenantStatement statement =
                        new TenantStatement(
                                turn.connection(), new SqlStatement(sql, List.of()), token);
                ResultSet rows = statement.execute()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        } finally {
            turn.connection().rollback();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; SET LOCAL millrace.tenant_token = 'b'; SELECT id FROM web.pages",
                "SELECT 1; SELECT id FROM web.pages",
                "SELECT id FROM web.pages; SET millrace.tenant_token = 'b'",
                "SELECT 1; COMMIT; SELECT id FROM web.pages",
                "SET LOCAL millrace.tenant_token = 'b'",
            })
    void aStatementThatIsMoreThanAQueryIsRefusedAndChangesNothing(String sql) throws Exception {
        String a = TestTenantTokens.create().sign(A);
        try (Bench bench = bench();
                Warehouse.Turn turn = bench.warehouse.turn()) {
            for (String token : List.of(a, "")) {
                assertThatThrownBy(() -> ids(turn, sql, token)).isInstanceOf(SQLException.class);
            }
            assertThat(ids(turn, "SELECT id FROM web.pages", a)).containsExactly("a1");
            assertThat(ids(turn, "SELECT id FROM web.pages", "")).isEmpty();
        }
    }

    @Test
    void aTokenTakenFromALogIsNoGoodWhenItHasExpired() throws Exception {
        Clock before = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-6));
        try (Bench bench = bench();
                Warehouse.Turn turn = bench.warehouse.turn()) {
            assertThat(
                            ids(
                                    turn,
                                    "SELECT id FROM web.pages",
                                    TestTenantTokens.create(before).sign(new Tenants.All())))
                    .isEmpty();
        }
    }

    @Test
    void aConnectionOfThePoolHasNoTokenAfterATransaction() throws Exception {
        try (Bench bench = bench()) {
            assertThat(rows(bench, "pages", A)).containsExactly(List.of("a1"));
            try (Warehouse.Turn turn = bench.warehouse.turn();
                    var statement = turn.connection().createStatement();
                    var row =
                            statement.executeQuery(
                                    "SELECT coalesce(current_setting('millrace.tenant_token',"
                                            + " true), ''), (SELECT count(*) FROM web.pages)")) {
                row.next();
                assertThat(row.getString(1)).isEmpty();
                assertThat(row.getLong(2)).isZero();
                turn.connection().rollback();
            }
        }
    }

    @Test
    void theSameQueryOfOtherTenantsIsPreparedOnceAndReadAnew() {
        try (Bench bench = bench()) {
            // The driver prepares it at the server after five times.
            for (int i = 0; i < 15; i++) {
                assertThat(rows(bench, "pages", A)).containsExactly(List.of("a1"));
                assertThat(rows(bench, "pages", B)).containsExactly(List.of("b1"));
                assertThat(rows(bench, "pages", Tenants.NONE)).isEmpty();
                assertThat(rows(bench, "pages", new Tenants.All())).hasSize(3);
            }
        }
    }
}
