package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.WarehouseException.Category;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.JsonNode;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What holds for every connection, and who gets one when. */
@Timeout(60)
class WarehouseTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static final String MODEL =
            """
            cubes:
              - name: stock
                sql_table: stock
                dimensions:
                  - {name: counted_at, sql: counted_at, type: time}
                  - {name: shelf, sql: shelf, type: string}
                measures: [{name: count, type: count}]
              - name: slow
                sql: "SELECT pg_sleep(20)::text AS slept"
                measures: [{name: count, type: count}]
            """;

    private static final String COUNTED =
            "{\"dimensions\":[\"stock.counted_at\"],\"measures\":[\"stock.count\"]}";

    @BeforeAll
    static void fill() throws SQLException {
        WAREHOUSE.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA "Old Stock";
                CREATE TABLE "Old Stock".stock (shelf text, counted_at timestamptz);
                INSERT INTO "Old Stock".stock VALUES ('a', '2026-07-01T10:00:00Z');
                GRANT USAGE ON SCHEMA "Old Stock" TO millrace_reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA "Old Stock" TO millrace_reader;
                """);
    }

    private static Bench.Settings settings() {
        return Bench.Settings.of(WAREHOUSE);
    }

    @Test
    void whatIsSetForASessionOutlivesItsFirstQuery() throws Exception {
        Bench.Settings settings =
                settings()
                        .poolSize(1)
                        .searchPath("\"Old Stock\", public")
                        .statementTimeout(Duration.ofMillis(700));
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
        try (Bench bench = new Bench(settings, MODEL, Clock.systemUTC())) {
            Set<String> seen = new HashSet<>();
            Set<Integer> sessions = new HashSet<>();
            // There is a second connection, for probes: one of the two has had a query before.
            for (int round = 0; round < 3; round++) {
                JsonNode rows = bench.data(COUNTED);
                assertThat(rows.path(0).path("stock.counted_at").asString())
                        .isEqualTo("2026-07-01T10:00:00.000");
                try (Warehouse.Turn turn = bench.warehouse.turn()) {
                    seen.add(session(turn.connection(), sessions));
                    turn.connection().rollback();
                }
            }

            assertThat(sessions).hasSizeLessThan(3);
            assertThat(seen)
                    .containsExactly("UTC|700ms|\"Old Stock\", public|on|on|repeatable read|bench");
            assertThat(
                            catchThrowableOfType(
                                            WarehouseException.class,
                                            () -> bench.data("{\"measures\":[\"slow.count\"]}"))
                                    .category())
                    .isEqualTo(Category.TIMEOUT);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static String session(Connection connection, Set<Integer> sessions)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                """
                                SELECT pg_backend_pid(), concat_ws('|', current_setting('TimeZone'),
                                  current_setting('statement_timeout'), current_setting('search_path'),
                                  current_setting('standard_conforming_strings'),
                                  current_setting('transaction_read_only'),
                                  current_setting('transaction_isolation'),
                                  current_setting('application_name'))
                                """)) {
            row.next();
            sessions.add(row.getInt(1));
            return row.getString(2);
        }
    }

    @Test
    void aQueryWaitsForItsTurnLongerThanAConnectionMayTakeToOpen() throws Exception {
        Bench.Settings settings = settings().poolSize(1).connectionTimeout(Duration.ofMillis(400));
        try (Bench bench = new Bench(settings, MODEL, Clock.systemUTC());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // All connections are open before it counts.
            Eventually.within(
                    Duration.ofSeconds(20), () -> assertThat(bench.warehouse.answers()).isTrue());
            Future<String> second;
            try (Warehouse.Turn first = bench.warehouse.turn()) {
                second = threads.submit(() -> one(bench.warehouse));
                assertThatThrownBy(() -> second.get(600, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                assertThat(one(first)).isEqualTo("1");
            }

            assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("1");
        }
    }

    @Test
    void noMoreQueriesRunAtOnceThanMay() throws Exception {
        try (Bench bench = new Bench(settings().poolSize(2), MODEL, Clock.systemUTC());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                all.add(threads.submit(() -> readersAtWork(bench.warehouse)));
            }

            for (Future<Integer> one : all) {
                assertThat(one.get(30, TimeUnit.SECONDS)).isBetween(1, 2);
            }
        }
    }

    /** How many run this very query, this one included. */
    private static int readersAtWork(Warehouse warehouse) throws Exception {
        try (Warehouse.Turn turn = warehouse.turn();
                Statement statement = turn.connection().createStatement();
                ResultSet row =
                        statement.executeQuery(
                                """
                                SELECT count(*) AS at_work FROM pg_stat_activity, pg_sleep(0.02)
                                WHERE datname = current_database() AND state = 'active'
                                  AND query LIKE '%at_work%'
                                """)) {
            row.next();
            int count = row.getInt(1);
            turn.connection().rollback();
            return count;
        }
    }

    @Test
    void probesAreAnsweredWhileQueriesTakeAllTurns() throws Exception {
        try (Bench bench = new Bench(settings().poolSize(1), MODEL, Clock.systemUTC());
                Warehouse.Turn turn = bench.warehouse.turn()) {
            assertThat(one(turn)).isEqualTo("1");
            assertThat(bench.warehouse.answers()).isTrue();
            assertThat(bench.warehouse.answers()).isTrue();
        }
    }

    @Test
    void queriesThatFailGiveTheirTurnsBack() {
        try (Bench bench = new Bench(settings().poolSize(1), MODEL, Clock.systemUTC())) {
            for (int i = 0; i < 3; i++) {
                // The search path does not reach the table.
                assertThat(categoryOf(() -> bench.data(COUNTED))).isEqualTo(Category.MODEL);
            }
        }
    }

    @Test
    void aConnectionThatWasCutIsReplaced() throws Exception {
        try (Bench bench = new Bench(settings().poolSize(1), MODEL, Clock.systemUTC());
                Connection reader = WAREHOUSE.connection(Role.READER);
                Statement statement = reader.createStatement()) {
            assertThat(one(bench.warehouse)).isEqualTo("1");
            statement.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = 'bench' AND datname = current_database()
                    """);

            Eventually.within(
                    Duration.ofSeconds(20),
                    () -> {
                        try {
                            assertThat(one(bench.warehouse)).isEqualTo("1");
                        } catch (SQLException e) {
                            // What was validated a moment ago is not validated again.
                            throw new AssertionError(e);
                        }
                    });
        }
    }

    @Test
    void aWarehouseWithoutConnectionsToSpareIsBusyAndNotBroken() throws Exception {
        TestWarehouse full = TestWarehouse.create();
        try (Connection owner = full.ownerConnection();
                Statement statement = owner.createStatement();
                ResultSet name = statement.executeQuery("SELECT current_database()")) {
            name.next();
            String database = name.getString(1);
            statement.execute("ALTER DATABASE " + database + " CONNECTION LIMIT 0");
            Bench.Settings settings =
                    Bench.Settings.of(full).poolSize(1).connectionTimeout(Duration.ofMillis(500));
            try (Warehouse warehouse = warehouse(settings.done())) {
                assertThat(categoryOf(() -> one(warehouse))).isEqualTo(Category.BUSY);
                assertThat(warehouse.answers()).isFalse();

                // The turn of a query that got no connection goes to the next.
                statement.execute("ALTER DATABASE " + database + " CONNECTION LIMIT -1");
                Eventually.within(
                        Duration.ofSeconds(20), () -> assertThat(warehouse.answers()).isTrue());
                assertThat(one(warehouse)).isEqualTo("1");
            }
        }
    }

    @Test
    void aWarehouseThatHasConnectionsForExportsAloneDoesNotAnswer() throws Exception {
        TestWarehouse full = TestWarehouse.create();
        try (Connection owner = full.ownerConnection();
                Statement statement = owner.createStatement();
                ResultSet name = statement.executeQuery("SELECT current_database()");
                Connection reader = full.connection(Role.READER);
                Statement terminating = reader.createStatement()) {
            name.next();
            Bench.Settings settings =
                    Bench.Settings.of(full).poolSize(2).connectionTimeout(Duration.ofMillis(500));
            try (Warehouse warehouse = warehouse(settings.done());
                    Warehouse.Turn export = warehouse.turn();
                    Warehouse.Turn query = warehouse.turn()) {
                assertThat(warehouse.answers()).isTrue();
                int kept = pid(export.connection());
                int hanging = pid(query.atOnce());
                assertThat(warehouse.answers()).as("with one more to probe").isTrue();

                statement.execute("ALTER DATABASE " + name.getString(1) + " CONNECTION LIMIT 0");
                export.done();
                terminating.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'bench' AND datname = current_database()
                          AND pid NOT IN (%d, %d)
                        """
                                .formatted(kept, hanging));
                Eventually.within(
                        Duration.ofSeconds(20), () -> assertThat(warehouse.answers()).isFalse());
                assertThat(pid(export.connection())).isEqualTo(kept);
            }
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
    }

    @Test
    void aPoolThatRanEmptyIsBusyAndOneThatCannotOpenConnectionsIsNot() {
        SQLException empty = new SQLTransientConnectionException("timed out after 10000ms");
        SQLException refused =
                new SQLTransientConnectionException(
                        "timed out", "08001", new SQLException("refused", "08001"));

        assertThat(new WarehouseException(empty).category()).isEqualTo(Category.BUSY);
        assertThat(new WarehouseException(refused).category()).isEqualTo(Category.PLATFORM);
    }

    @Test
    void aWarehouseThatIsNotThereIsAMatterOfThePlatform() {
        WarehouseSettings elsewhere =
                new WarehouseSettings(
                        "jdbc:postgresql://127.0.0.1:1/nowhere",
                        "nobody",
                        "secret",
                        "public",
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        org.springframework.util.unit.DataSize.ofMegabytes(1),
                        null);
        try (Warehouse warehouse = warehouse(elsewhere)) {
            assertThat(categoryOf(() -> one(warehouse))).isEqualTo(Category.PLATFORM);
        }
    }

    private static Warehouse warehouse(WarehouseSettings settings) {
        return new Warehouse(settings, new SimpleMeterRegistry(), "bench");
    }

    /** Does something that may fail. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    private static Category categoryOf(Attempt attempt) {
        try {
            attempt.run();
        } catch (SQLException e) {
            return new WarehouseException(e).category();
        } catch (WarehouseException e) {
            return e.category();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it did not fail");
    }

    private static String one(Warehouse warehouse) throws SQLException, InterruptedException {
        try (Warehouse.Turn turn = warehouse.turn()) {
            return one(turn);
        }
    }

    private static String one(Warehouse.Turn turn) throws SQLException {
        try (Statement statement = turn.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT 1")) {
            row.next();
            return row.getString(1);
        }
    }
}
