package dev.millrace.transform.materialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

class MaterializerTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final RelationName ORDERS = new RelationName("analytics", "Orders \"2\"");
    private static final RelationName DAILY = new RelationName("analytics", "daily");
    private static final RelationName WEEKLY = new RelationName("analytics", "weekly");

    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final Materializer materializer = new Materializer(Duration.ofSeconds(2));

    @BeforeEach
    void anEmptySchema() throws SQLException {
        WAREHOUSE.execute(Role.MODELS, "DROP SCHEMA IF EXISTS analytics CASCADE");
    }

    @Test
    void aTableIsBuiltWithItsSchema() throws Exception {
        Built built = table(ORDERS, "select g as id from generate_series(1, 113) g -- all of them");

        assertThat(built).isEqualTo(new Built(113L, "SELECT 113"));
        assertThat(query("select count(*) from " + ORDERS.quoted())).containsExactly("113");
        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void readersOfTheWarehouseMayReadWhatIsBuilt() throws Exception {
        table(ORDERS, "select 1 as id");
        table(ORDERS, "select 2 as id");

        try (Connection reader = WAREHOUSE.connection(Role.READER);
                Statement statement = reader.createStatement();
                ResultSet row = statement.executeQuery("select id from " + ORDERS.quoted())) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(2);
        }
    }

    @Test
    void privilegesThatWereGrantedOnTheOldTableAreKept() throws Exception {
        table(ORDERS, "select 1 as id");
        WAREHOUSE.execute(
                Role.MODELS, "GRANT SELECT, UPDATE ON " + ORDERS.quoted() + " TO millrace_serving");

        table(ORDERS, "select 2 as id");

        assertThat(
                        query(
                                "select has_table_privilege('millrace_serving', '"
                                        + ORDERS.quoted()
                                        + "', 'UPDATE')"))
                .containsExactly("t");
    }

    @Test
    void aFailedBuildLeavesTheOldTable() throws Exception {
        table(ORDERS, "select 1 as id");

        assertThatThrownBy(() -> table(ORDERS, "select 1 / 0 as id"))
                .isInstanceOf(ModelSqlException.class)
                .hasMessage("division by zero");
        assertThatThrownBy(() -> table(ORDERS, "select 1,\n  nothing as id"))
                .isInstanceOfSatisfying(
                        ModelSqlException.class, e -> assertThat(e.offset()).isEqualTo(12))
                .hasMessageContaining("column \"nothing\" does not exist");

        assertThat(query("select id from " + ORDERS.quoted())).containsExactly("1");
        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void aFailedHookLeavesTheOldTable() throws Exception {
        table(ORDERS, "select 1 as id");
        Build build =
                new Build(
                        ORDERS,
                        Build.Kind.TABLE,
                        "select 2 as id",
                        BuildStage::statement,
                        Build.Options.NONE,
                        List.of(),
                        List.of(new Build.Hook(() -> "select nothing", true)),
                        Set.of());

        assertThatThrownBy(() -> build(build)).isInstanceOf(BuildFailedException.class);

        assertThat(query("select id from " + ORDERS.quoted())).containsExactly("1");
        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void whatADeadProcessLeftIsClearedUp() throws Exception {
        table(ORDERS, "select 1 as id");
        WAREHOUSE.execute(
                Role.MODELS,
                "CREATE TABLE " + Materializer.fresh(ORDERS).quoted() + " AS SELECT 1");

        table(ORDERS, "select 2 as id");

        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void aViewReadsTheNewTableAndKeepsItsReaders() throws Exception {
        table(ORDERS, "select 1 as id, 5 as amount");
        view(DAILY, "select id, amount from " + ORDERS.quoted());
        view(WEEKLY, "select sum(amount) as total from " + DAILY.quoted());

        table(ORDERS, "select g as id, 7 as amount, 'x' as more from generate_series(1, 2) g");

        assertThat(query("select total from analytics.weekly")).containsExactly("14");
        assertThat(relations()).containsExactly("Orders \"2\":r", "daily:v", "weekly:v");
    }

    @Test
    void viewsAreMadeAnewWhenTheTypesOfWhatTheyReadChange() throws Exception {
        table(ORDERS, "select 1 as id, 5 as amount");
        view(DAILY, "select id, amount from " + ORDERS.quoted());
        view(WEEKLY, "select max(amount) as greatest from " + DAILY.quoted());
        WAREHOUSE.execute(Role.MODELS, "GRANT SELECT ON analytics.daily TO millrace_serving");

        table(ORDERS, "select 1 as id, 5.5::numeric as amount");

        assertThat(query("select greatest from analytics.weekly")).containsExactly("5.5");
        assertThat(
                        query(
                                "select has_table_privilege('millrace_serving', 'analytics.daily',"
                                        + " 'SELECT')"))
                .containsExactly("t");
        assertThat(relations()).containsExactly("Orders \"2\":r", "daily:v", "weekly:v");
    }

    @Test
    void securityInvokerViewsStaySo() throws Exception {
        table(ORDERS, "select 1 as id");
        view(DAILY, "select id from " + ORDERS.quoted());
        WAREHOUSE.execute(Role.MODELS, "ALTER VIEW analytics.daily SET (security_invoker = true)");

        table(ORDERS, "select 2 as id");

        assertThat(query("select reloptions::text from pg_class where relname = 'daily'"))
                .containsExactly("{security_invoker=true}");
    }

    @Test
    void aTableThatWouldBreakAViewIsNotPutInPlace() throws Exception {
        table(ORDERS, "select 1 as id, 5 as amount");
        view(DAILY, "select amount from " + ORDERS.quoted());

        assertThatThrownBy(() -> table(ORDERS, "select 2 as id"))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("analytics.daily reads it and would break")
                .hasMessageContaining("column")
                .hasMessageContaining("Build both in one run");

        assertThat(query("select amount from analytics.daily")).containsExactly("5");
    }

    @Test
    void aViewThatTheRunBuildsLaterMayBreakInTheMeantime() throws Exception {
        table(ORDERS, "select 1 as id, 5 as amount");
        view(DAILY, "select amount from " + ORDERS.quoted());
        view(WEEKLY, "select amount from " + DAILY.quoted());

        build(
                new Build(
                        ORDERS,
                        Build.Kind.TABLE,
                        "select 2 as id",
                        BuildStage::statement,
                        Build.Options.NONE,
                        List.of(),
                        List.of(),
                        Set.of(DAILY, WEEKLY)));

        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void aViewOfSomebodyElseIsNotTakenAway() throws Exception {
        table(ORDERS, "select 1 as id");
        WAREHOUSE.execute(
                Role.MODELS, "GRANT USAGE, CREATE ON SCHEMA analytics TO millrace_transform");
        WAREHOUSE.execute(
                Role.MODELS, "GRANT SELECT ON " + ORDERS.quoted() + " TO millrace_transform");
        WAREHOUSE.execute(
                Role.TRANSFORM,
                "CREATE VIEW analytics.theirs AS SELECT id FROM " + ORDERS.quoted());

        assertThatThrownBy(() -> table(ORDERS, "select 2 as id"))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("analytics.theirs")
                .hasMessageContaining("millrace_transform");

        assertThat(query("select id from " + ORDERS.quoted())).containsExactly("1");
    }

    @Test
    void aViewGetsAndLosesColumns() throws Exception {
        assertThat(view(DAILY, "select 1 as a")).isEqualTo(new Built(null, "CREATE VIEW"));
        view(WEEKLY, "select a from " + DAILY.quoted());

        view(DAILY, "select 1 as a, 2 as b");
        view(DAILY, "select 2 as b, 3::numeric as a");

        assertThat(query("select a from analytics.weekly")).containsExactly("3");
        assertThat(relations()).containsExactly("daily:v", "weekly:v");
    }

    @Test
    void aViewBecomesATableAndBack() throws Exception {
        view(DAILY, "select 1 as a");
        view(WEEKLY, "select a from " + DAILY.quoted());

        table(DAILY, "select 2 as a");
        assertThat(relations()).containsExactly("daily:r", "weekly:v");
        view(DAILY, "select 3 as a");

        assertThat(relations()).containsExactly("daily:v", "weekly:v");
        assertThat(query("select a from analytics.weekly")).containsExactly("3");
    }

    @Test
    void indexesCommentsAndGrantsAreThereWhenTheTableIs() throws Exception {
        Build.Options options =
                new Build.Options(
                        true,
                        List.of(
                                new Build.Index(List.of("id"), true, "btree"),
                                new Build.Index(List.of("id", "b"), false, "brin")),
                        "It's all",
                        Map.of("id", "Who"),
                        Map.of("select", List.of("millrace_serving")),
                        Build.Tenancy.OPEN);
        build(
                new Build(
                        DAILY,
                        Build.Kind.TABLE,
                        "select 1 as id, 2 as b",
                        (relation, kind, sql) ->
                                "CREATE UNLOGGED TABLE " + relation.quoted() + " AS " + sql,
                        options,
                        List.of(),
                        List.of(
                                new Build.Hook(
                                        () -> "insert into analytics.daily values (2, 3)", true)),
                        Set.of()));

        assertThat(
                        query(
                                "select count(*) from pg_index where indrelid ="
                                        + " 'analytics.daily'::regclass"))
                .containsExactly("2");
        assertThat(query("select obj_description('analytics.daily'::regclass)"))
                .containsExactly("It's all");
        assertThat(query("select col_description('analytics.daily'::regclass, 1)"))
                .containsExactly("Who");
        assertThat(
                        query(
                                "select relpersistence from pg_class where oid ="
                                        + " 'analytics.daily'::regclass"))
                .containsExactly("u");
        assertThat(query("select count(*) from analytics.daily")).containsExactly("2");
    }

    @Test
    void readersNeverFindATableMissing() throws Exception {
        table(ORDERS, "select 100 as n");
        view(DAILY, "select n from " + ORDERS.quoted());
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(2);
        List<CompletableFuture<Long>> readers = new ArrayList<>();
        for (String relation : List.of(ORDERS.quoted(), DAILY.quoted())) {
            readers.add(
                    CompletableFuture.supplyAsync(
                            () -> readUntil(done, relation, started), THREADS));
        }

        started.await();
        for (int i = 0; i < 25; i++) {
            table(ORDERS, "select 100 + " + i + " as n");
        }
        done.set(true);

        for (CompletableFuture<Long> reader : readers) {
            assertThat(reader.join()).isPositive();
        }
    }

    @Test
    void aReaderThatHoldsTheTableForTooLongFailsTheBuild() throws Exception {
        table(ORDERS, "select 1 as id");
        try (Connection reader = WAREHOUSE.connection(Role.READER)) {
            reader.setAutoCommit(false);
            try (Statement statement = reader.createStatement()) {
                statement.execute("select * from " + ORDERS.quoted());

                assertThatThrownBy(() -> table(ORDERS, "select 2 as id"))
                        .isInstanceOf(BuildFailedException.class)
                        .hasMessageContaining("transaction that somebody forgot");
            }
            reader.rollback();
        }
        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void aCancelledBuildLeavesTheOldTable() throws Exception {
        table(ORDERS, "select 1 as id");
        try (Session session = session()) {
            CompletableFuture<Throwable> failure =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    materializer.build(
                                            session,
                                            request(
                                                    ORDERS,
                                                    Build.Kind.TABLE,
                                                    "select 2 as id, pg_sleep(60)::text as slept"));
                                    return new AssertionError("it was not cancelled");
                                } catch (SQLException
                                        | ModelSqlException
                                        | BuildFailedException
                                        | AfterHookFailedException e) {
                                    return e;
                                }
                            },
                            THREADS);
            awaitSleeper(failure);
            session.cancel();

            assertThat(failure.join())
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo(Session.CANCELLED));
        }
        assertThat(query("select id from " + ORDERS.quoted())).containsExactly("1");
        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void twoSessionsBuildOneAfterTheOther() throws Exception {
        List<CompletableFuture<Built>> builds = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String sql = "select " + i + " as id from generate_series(1, 1000)";
            builds.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return table(ORDERS, sql);
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            },
                            THREADS));
        }

        builds.forEach(build -> assertThat(build.join().rows()).isEqualTo(1000L));
        assertThat(relations()).containsExactly("Orders \"2\":r");
    }

    @Test
    void aSeedIsATableOfTypedRows() throws Exception {
        SeedTable seed =
                SeedTable.parse(
                        "id,name,at,price,ok,when\n"
                                + "1,\"a, \"\"b\"\"\",2020-01-05,1.5,true,2020-01-01 10:00:00\n"
                                + "2,,,,,\n",
                        new SeedTable.Format(',', Map.of(), true));
        try (Session session = session()) {
            Built built = materializer.seed(session, request(DAILY, Build.Kind.TABLE, ""), seed);
            assertThat(built).isEqualTo(new Built(2L, "INSERT 2"));
        }

        assertThat(seed.types())
                .containsExactly(
                        "integer",
                        "text",
                        "date",
                        "float8",
                        "boolean",
                        "timestamp without time zone");
        assertThat(query("select name from analytics.daily order by id"))
                .containsExactly("a, \"b\"", null);
    }

    @Test
    void aSeedsValuesAreStoredAsDbtReadsThem() throws Exception {
        SeedTable seed =
                SeedTable.parse(
                        """
                        n,f,money,at,flag,big
                        1.0,0.10,"$1,000",2024-01-01T10:00:00+02:00,TRUE,3000000000
                        1e3,5%,,2024-01-01T10:00:00.25,false,null

                        """,
                        new SeedTable.Format(',', Map.of(), true));
        try (Session session = session()) {
            materializer.seed(session, request(DAILY, Build.Kind.TABLE, ""), seed);
        }

        assertThat(
                        query(
                                "select concat_ws('|', n, f, money, at, flag, big)"
                                        + " from analytics.daily order by n nulls last"))
                .containsExactly(
                        "1|0.1|1000|2024-01-01 08:00:00|t|3000000000",
                        "1000|5|2024-01-01 10:00:00.25|f",
                        "");
    }

    @Test
    void aSeedOfOneColumnKeepsItsNulls() throws Exception {
        SeedTable seed = SeedTable.parse("a\n\nx\n\n", new SeedTable.Format(',', Map.of(), true));
        try (Session session = session()) {
            Built built = materializer.seed(session, request(DAILY, Build.Kind.TABLE, ""), seed);
            assertThat(built.rows()).isEqualTo(3L);
        }

        assertThat(query("select count(*) - count(a) from analytics.daily")).containsExactly("2");
    }

    private static long readUntil(AtomicBoolean done, String relation, CountDownLatch started) {
        try (Connection reader = WAREHOUSE.connection(Role.READER);
                Statement statement = reader.createStatement()) {
            long reads = 0;
            while (!done.get()) {
                try (ResultSet row = statement.executeQuery("select n from " + relation)) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getInt(1)).isBetween(100, 200);
                    reads++;
                    started.countDown();
                }
            }
            return reads;
        } catch (SQLException e) {
            throw new AssertionError(relation + " was not there: " + e.getMessage(), e);
        }
    }

    private static void awaitSleeper(CompletableFuture<?> build) throws SQLException {
        while (!build.isDone()
                && !query(
                                "select count(*) from pg_stat_activity where query like"
                                    + " '%pg_sleep(60)%' and pid <> pg_backend_pid() and state ="
                                    + " 'active'")
                        .equals(List.of("1"))) {
            Thread.onSpinWait();
        }
    }

    private Built table(RelationName name, String sql) throws Exception {
        return build(request(name, Build.Kind.TABLE, sql));
    }

    private Built view(RelationName name, String sql) throws Exception {
        return build(request(name, Build.Kind.VIEW, sql));
    }

    private static Build request(RelationName name, Build.Kind kind, String sql) {
        return new Build(
                name,
                kind,
                sql,
                BuildStage::statement,
                Build.Options.NONE,
                List.of(),
                List.of(),
                Set.of());
    }

    private Built build(Build build) throws Exception {
        try (Session session = session()) {
            return materializer.build(session, build);
        }
    }

    private static Session session() throws SQLException {
        return new Session(WAREHOUSE.connection(Role.MODELS), Connection::close);
    }

    private static List<String> relations() throws SQLException {
        return query(
                "select relname || ':' || relkind::text from pg_class where relnamespace = (select"
                        + " oid from pg_namespace where nspname = 'analytics') and relkind in ('r',"
                        + " 'v') order by 1");
    }

    private static List<String> query(String sql) throws SQLException {
        try (Connection connection = WAREHOUSE.connection(Role.MODELS);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
