package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.RollupWanted;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The tables of rollups, as serving wants them. */
@Timeout(120)
class RollupKeepingTest {

    /** As serving writes them: of a cube's table under the cube's name. */
    private static final String BY_SHOP =
            """
            SELECT "orders".shop "orders__shop", count(*) "orders__count", sum("orders".amount) "orders__revenue" \
            FROM web.orders AS "orders" GROUP BY 1\
            """;

    private static final String DAILY =
            """
            SELECT date_trunc('day', ("orders"._mr_event_at::timestamptz AT TIME ZONE 'UTC'::text)) "orders__at_day", \
            max("orders".amount) "orders__largest" FROM (SELECT * FROM web.orders) AS "orders" GROUP BY 1\
            """;

    private static final String CURRENT =
            """
            SELECT bool_and(s.version = f.version) FROM millrace_rollups.state s
              JOIN transform.freshness f ON f.relation = s.relation WHERE s.name = 'by_shop_1'
            """;

    private final TestWarehouse warehouse = RunStage.warehouse();
    private RunStage stage;

    @BeforeEach
    void keepLiveModels() throws Exception {
        stage = RunStage.on(warehouse, "models/none.sql", "select 1 as one").keepingLive();
        warehouse.execute(
                Role.TRANSFORM,
                "GRANT USAGE ON SCHEMA transform TO millrace_models; GRANT SELECT ON"
                        + " transform.freshness TO millrace_models");
        stage.landOrders("('a', 1), ('a', 2), ('b', 5)");
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    private static RollupWanted wanted(
            String id, String table, String sql, Map<String, String> sources) {
        return new RollupWanted(
                id,
                "rev",
                new RollupWanted.Relation("millrace_rollups", table),
                sql,
                sources.keySet().stream().map(List::of).toList(),
                "The rollup " + id,
                sources,
                Instant.EPOCH);
    }

    private static RollupWanted byShop() {
        return wanted("orders.by_shop", "by_shop_1", BY_SHOP, Map.of("orders__shop", "shop"));
    }

    private List<String> tables() throws SQLException {
        return stage.query(
                Role.MODELS,
                "select relname from pg_class where relnamespace = 'millrace_rollups'::regnamespace"
                        + " and relkind = 'r' order by 1");
    }

    private void awaitState(RollupKeeping rollups, String id, String state) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(
                        () ->
                                assertThat(rollups.all())
                                        .filteredOn(kept -> kept.wish().id().equals(id))
                                        .extracting(RollupKeeping.Kept::state)
                                        .containsExactly(state));
    }

    @Test
    void aRollupGetsItsTableWhichFollowsTheRows() throws Exception {
        RollupKeeping rollups =
                stage.wanting(byShop(), wanted("orders.daily", "daily_1", DAILY, Map.of()));
        awaitState(rollups, "orders.by_shop", "following");
        awaitState(rollups, "orders.daily", "following");

        stage.landOrders("('b', 1), ('c', 7)");

        stage.await(
                Role.READER,
                "select string_agg(orders__shop || orders__count, ' ' order by 1) from"
                        + " millrace_rollups.by_shop_1",
                "a2 b2 c1");
        stage.await(Role.READER, "select orders__largest from millrace_rollups.daily_1", "7");
        stage.await(Role.READER, CURRENT, "t");
    }

    @Test
    void whereItIsCurrentItHasWhatTheRowsHaveInEverySnapshot() throws Exception {
        RollupKeeping rollups = stage.wanting(byShop());
        awaitState(rollups, "orders.by_shop", "following");
        AtomicBoolean over = new AtomicBoolean();
        Thread writer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    for (int i = 0; i < 150; i++) {
                                        try {
                                            stage.landOrders(
                                                    "('%s', %d)"
                                                            .formatted((char) ('a' + i % 5), i));
                                        } catch (SQLException e) {
                                            throw new IllegalStateException(e);
                                        }
                                    }
                                    over.set(true);
                                });
        int current = 0;
        int behind = 0;
        while (!over.get() || current == 0) {
            if (isCurrentAndSame()) {
                current++;
            } else {
                behind++;
            }
        }
        writer.join();

        assertThat(current).as("current; behind %d times", behind).isPositive();
        stage.await(Role.READER, CURRENT, "t");
        assertThat(isCurrentAndSame()).isTrue();
    }

    /** False if it is not current; what it has is compared if it is. */
    private boolean isCurrentAndSame() throws SQLException {
        try (Connection connection = warehouse.connection(Role.MODELS);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (ResultSet found = statement.executeQuery(CURRENT)) {
                found.next();
                if (!found.getBoolean(1)) {
                    return false;
                }
            }
            try (ResultSet found =
                    statement.executeQuery(
                            """
                            SELECT (SELECT string_agg(q::text, ' ' ORDER BY q::text) FROM (%s) q)
                              IS NOT DISTINCT FROM (SELECT string_agg(r::text, ' ' ORDER BY r::text)
                                FROM millrace_rollups.by_shop_1 r)
                            """
                                    .formatted(BY_SHOP))) {
                found.next();
                assertThat(found.getBoolean(1)).as("what is current is the same").isTrue();
            }
            connection.rollback();
            return true;
        }
    }

    @Test
    void whatCannotBeFollowedIsRefusedUntilItCanBe() throws Exception {
        RollupKeeping rollups =
                stage.wanting(
                        wanted(
                                "later.all",
                                "later_1",
                                "SELECT kind, count(*) AS n FROM web.later GROUP BY 1",
                                Map.of()),
                        wanted(
                                "orders.timed",
                                "timed_1",
                                "SELECT now() - _mr_event_at AS age, count(*) AS n FROM web.orders"
                                        + " GROUP BY 1",
                                Map.of()));
        awaitState(rollups, "later.all", "refused");
        awaitState(rollups, "orders.timed", "refused");
        assertThat(rollups.all())
                .extracting(RollupKeeping.Kept::message)
                .satisfiesExactly(
                        message -> assertThat(message).contains("web.later"),
                        message -> assertThat(message).contains("changes though no row does"));

        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE TABLE web.later (_mr_id text NOT NULL, _mr_event_at timestamptz NOT NULL,
                  _mr_loaded_at timestamptz NOT NULL, kind text);
                GRANT SELECT ON web.later TO millrace_models
                """);
        stage.clock().advance(Duration.ofMinutes(1));

        awaitState(rollups, "later.all", "following");
        assertThat(tables()).containsExactly("later_1");
    }

    @Test
    void anotherDefinitionHasAnotherTableAndTheOldOneGoes() throws Exception {
        RollupKeeping rollups = stage.wanting(byShop());
        awaitState(rollups, "orders.by_shop", "following");

        stage.wanting(
                wanted("orders.by_shop", "by_shop_2", BY_SHOP.replace("sum(", "min("), Map.of()));
        stage.await(
                Role.MODELS,
                "select count(*) from pg_class where relname = 'by_shop_2' and relkind = 'r'",
                "1");
        stage.clock().advance(Duration.ofMinutes(1));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tables()).containsExactly("by_shop_2"));
    }

    @Test
    void whatNobodyWantsAnyMoreGoes() throws Exception {
        RollupKeeping rollups = stage.wanting(byShop());
        awaitState(rollups, "orders.by_shop", "following");

        stage.wanting();
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        assertThat(tables()).as("others may be at another revision").containsExactly("by_shop_1");

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> {
                            stage.clock().advance(Duration.ofMinutes(6));
                            assertThat(tables()).isEmpty();
                        });
    }

    @Test
    void aRollupOfTenantsRowsIsReadByTenant() throws Exception {
        stage.query(Role.TRANSFORM, "SELECT millrace.separate_tenants('web.orders', 'shop')::text");
        RollupKeeping rollups = stage.wanting(byShop());
        awaitState(rollups, "orders.by_shop", "following");

        assertThat(stage.query(Role.READER, "SELECT orders__shop FROM millrace_rollups.by_shop_1"))
                .isEmpty();
        assertThat(
                        stage.query(
                                Role.MODELS,
                                "SELECT polname FROM pg_policy WHERE polrelid ="
                                        + " 'millrace_rollups.by_shop_1'::regclass ORDER BY 1"))
                .containsExactly("millrace_services", "millrace_tenant");
    }

    @Test
    void aRollupThatWouldMixTenantsIsRefused() throws Exception {
        stage.query(Role.TRANSFORM, "SELECT millrace.separate_tenants('web.orders', 'shop')::text");
        RollupKeeping rollups = stage.wanting(wanted("orders.daily", "daily_1", DAILY, Map.of()));

        awaitState(rollups, "orders.daily", "refused");

        assertThat(rollups.all().getFirst().message()).contains("it would mix the rows of tenants");
        assertThat(tables()).isEmpty();
    }

    @Test
    void oneThatWasOpenIsMadeAnewWhenItsRowsGetTenants() throws Exception {
        RollupKeeping rollups = stage.wanting(byShop());
        awaitState(rollups, "orders.by_shop", "following");
        stage.await(Role.READER, "SELECT count(*) FROM millrace_rollups.by_shop_1", "2");

        stage.query(Role.TRANSFORM, "SELECT millrace.separate_tenants('web.orders', 'shop')::text");

        stage.await(Role.READER, "SELECT count(*) FROM millrace_rollups.by_shop_1", "0");
    }

    @Test
    void oneThatWasOpenAndMixesThemIsKeptFromReadersThen() throws Exception {
        RollupKeeping rollups = stage.wanting(wanted("orders.daily", "daily_1", DAILY, Map.of()));
        awaitState(rollups, "orders.daily", "following");

        stage.query(Role.TRANSFORM, "SELECT millrace.separate_tenants('web.orders', 'shop')::text");

        awaitState(rollups, "orders.daily", "refused");
        assertThat(
                        stage.query(
                                Role.READER,
                                "SELECT"
                                    + " coalesce(has_table_privilege(to_regclass('millrace_rollups.daily_1'),"
                                    + " 'SELECT'), false)"))
                .containsExactly("f");
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> {
                            stage.clock().advance(Duration.ofMinutes(1));
                            assertThat(tables()).as("nobody follows it any more").isEmpty();
                        });
    }

    @Test
    void thereAreNoMoreThanMayBe() throws Exception {
        RollupKeeping rollups =
                stage.wanting(
                        byShop(),
                        wanted("orders.s2", "s_2", BY_SHOP, Map.of()),
                        wanted("orders.s3", "s_3", BY_SHOP, Map.of()),
                        wanted("orders.s4", "s_4", BY_SHOP, Map.of()));

        awaitState(rollups, "orders.s4", "refused");
        assertThat(rollups.all().getLast().message())
                .contains("raise millrace.models.rollup-limit");
        awaitState(rollups, "orders.s3", "following");
    }

    @Test
    void aTableOutsideOfTheirSchemaIsNotMade() throws Exception {
        RollupKeeping rollups =
                stage.wanting(
                        new RollupWanted(
                                "orders.x",
                                "rev",
                                new RollupWanted.Relation("analytics", "x"),
                                BY_SHOP,
                                List.of(),
                                "",
                                Map.of(),
                                Instant.EPOCH));

        awaitState(rollups, "orders.x", "refused");
    }
}
