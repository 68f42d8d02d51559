package dev.millrace.transform.materialization;

import static dev.millrace.transform.materialization.BuildStage.DAILY;
import static dev.millrace.transform.materialization.BuildStage.ORDERS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

@Timeout(60)
class HooksTest {

    private final BuildStage stage = new BuildStage();

    @BeforeEach
    void somethingToTouch() throws Exception {
        stage.execute("create schema analytics");
        stage.execute("create table analytics.audit (what text)");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void hooksRunInTheOrderOfDbt() throws Exception {
        stage.build(
                Build.Kind.TABLE,
                DAILY,
                "select count(*) as n from analytics.audit",
                List.of(
                        inside("insert into analytics.audit values ('second')"),
                        outside("insert into analytics.audit values ('first')")),
                List.of(
                        outside("insert into analytics.audit values ('fourth')"),
                        inside("insert into analytics.audit values ('third')")));

        assertThat(stage.query("select n from analytics.daily")).containsExactly("2");
        assertThat(stage.query("select what from analytics.audit"))
                .containsExactly("first", "second", "third", "fourth");
    }

    @Test
    void aStatementThatRunsInNoTransactionNeedsOneOfItsOwn() throws Exception {
        for (Build.Kind kind : Build.Kind.values()) {
            stage.build(
                    kind,
                    DAILY,
                    "select 1 as n",
                    List.of(outside("vacuum analytics.audit")),
                    List.of(outside("vacuum analytics.audit")));
        }

        assertThatThrownBy(() -> tableWith(inside("vacuum analytics.audit")))
                .isInstanceOf(BuildFailedException.class)
                .hasMessage(
                        "its post-hook failed: VACUUM cannot run inside a transaction block (vacuum"
                                + " analytics.audit)");
    }

    @Test
    void aFailedHookIsToldAsOneAndNotAsABusyTable() throws Exception {
        stage.table(ORDERS, "select 1 as n");
        try (Connection other =
                stage.open(Role.MODELS, "lock table analytics.audit in exclusive mode")) {
            assertThatThrownBy(
                            () ->
                                    tableWith(
                                            inside("set local lock_timeout = '50ms'"),
                                            inside("insert into analytics.audit values ('x')")))
                    .isInstanceOf(BuildFailedException.class)
                    .hasMessageStartingWith("its post-hook failed: canceling statement due to lock")
                    .hasMessageContaining("(insert into analytics.audit values ('x'))");
            other.rollback();
        }
        assertThat(stage.query("select n from analytics.orders")).containsExactly("1");
    }

    @Test
    void aHookMayWaitLongerThanThePlacingOfItsTable() throws Exception {
        stage.table(ORDERS, "select 1 as n");

        stage.build(
                Build.Kind.TABLE,
                ORDERS,
                "select 2 as n",
                List.of(inside("set search_path = analytics")),
                List.of(
                        inside(
                                "insert into audit values (current_setting('lock_timeout') || ' '"
                                        + " || current_setting('search_path'))")));

        assertThat(stage.query("select what from analytics.audit")).containsExactly("0 analytics");
    }

    @Test
    void whatAFailedHookDidBeforeIsUndoneWithTheBuild() throws Exception {
        assertThatThrownBy(
                        () ->
                                tableWith(
                                        inside("insert into analytics.audit values ('x')"),
                                        inside("select 1 / 0")))
                .isInstanceOf(BuildFailedException.class)
                .hasMessage("its post-hook failed: division by zero (select 1 / 0)");

        assertThat(stage.query("select what from analytics.audit")).isEmpty();
        assertThat(stage.query("select 1 where to_regclass('analytics.orders') is not null"))
                .isEmpty();
    }

    @Test
    void aPreHookThatFailsKeepsTheOldTable() throws Exception {
        stage.table(ORDERS, "select 1 as n");

        assertThatThrownBy(
                        () ->
                                stage.build(
                                        Build.Kind.TABLE,
                                        ORDERS,
                                        "select 2 as n",
                                        List.of(
                                                inside("insert into analytics.audit values ('x')"),
                                                inside("select nothing")),
                                        List.of()))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageStartingWith("its pre-hook failed: column \"nothing\" does not exist");

        assertThat(stage.query("select n from analytics.orders")).containsExactly("1");
        assertThat(stage.query("select what from analytics.audit")).isEmpty();
    }

    @Test
    void whatAPreHookDidIsUndoneWithTheBuildThatFails() throws Exception {
        for (Build.Kind kind : Build.Kind.values()) {
            stage.execute("drop table if exists analytics.orders cascade");
            stage.table(ORDERS, "select 1 as n");
            for (String query : List.of("select 1 / 0 as n", "select nothing as n")) {
                assertThatThrownBy(
                                () ->
                                        stage.build(
                                                kind,
                                                ORDERS,
                                                query,
                                                List.of(audited("before")),
                                                List.of(inside("select 1 / 0"))))
                        .as(kind + " " + query)
                        .isInstanceOfAny(ModelSqlException.class, BuildFailedException.class);
            }
            assertThat(stage.query("select n from analytics.orders")).containsExactly("1");
            assertThat(stage.query("select what from analytics.audit")).isEmpty();
        }
    }

    @Test
    void whatAPreHookSetsForItsTransactionReachesTheQuery() throws Exception {
        stage.execute("create table analytics.only_here as select 7 as n");
        for (Build.Kind kind : Build.Kind.values()) {
            stage.build(
                    kind,
                    new RelationName("analytics", "by_" + kind.name().toLowerCase(Locale.ROOT)),
                    "select n from only_here",
                    List.of(inside("set local search_path = analytics")),
                    List.of());
        }

        assertThat(stage.query("select n from analytics.by_table")).containsExactly("7");
        assertThat(stage.query("select n from analytics.by_view")).containsExactly("7");
    }

    @Test
    void aBuildInTheTransactionOfItsPreHookWaitsForAGapBetweenReadersAsWell() throws Exception {
        stage.table(ORDERS, "select 1 as n");
        stage.view(DAILY, "select n from analytics.orders");
        CompletableFuture<Built> building;
        try (Connection reader = stage.open(Role.MODELS, "select n from analytics.daily")) {
            building = stage.building(ORDERS, "select 2 as n", audited("before"));
            stage.awaitBlocked("ALTER");
            assertThat(stage.query("select n from analytics.daily")).containsExactly("1");
            reader.rollback();
        }
        building.join();

        assertThat(stage.query("select n from analytics.daily")).containsExactly("2");
        assertThat(stage.query("select what from analytics.audit")).containsExactly("before");
    }

    @Test
    void aBuildThatFindsNoGapUndoesItsPreHook() throws Exception {
        stage.table(ORDERS, "select 1 as n");
        try (Connection reader = stage.open(Role.MODELS, "select n from analytics.orders")) {
            assertThatThrownBy(
                            () ->
                                    stage.build(
                                            Build.Kind.TABLE,
                                            ORDERS,
                                            "select 2 as n",
                                            List.of(audited("before")),
                                            List.of()))
                    .isInstanceOf(BuildFailedException.class)
                    .hasMessageContaining("it was read without a pause");
            reader.rollback();
        }

        assertThat(stage.query("select n from analytics.orders")).containsExactly("1");
        assertThat(stage.query("select what from analytics.audit")).isEmpty();
    }

    @Test
    void aViewWhoseColumnsChangeIsMadeAnewInTheTransactionOfItsPreHook() throws Exception {
        stage.view(DAILY, "select 1 as n");
        stage.build(
                Build.Kind.VIEW,
                DAILY,
                "select 'text' as other",
                List.of(audited("before")),
                List.of(audited("after")));

        assertThat(stage.query("select other from analytics.daily")).containsExactly("text");
        assertThat(stage.query("select what from analytics.audit"))
                .containsExactly("before", "after");
    }

    @Test
    void aHookThatFailsAfterwardsLeavesTheNewTable() throws Exception {
        stage.table(ORDERS, "select 1 as n");

        assertThatThrownBy(() -> tableWith(outside("select 1 / 0")))
                .isInstanceOfSatisfying(
                        AfterHookFailedException.class,
                        e -> assertThat(e.built()).isEqualTo(new Built(1L, "SELECT 1")))
                .hasMessage("its post-hook failed: division by zero (select 1 / 0)");

        assertThat(stage.query("select n from analytics.orders")).containsExactly("2");
    }

    @Test
    void aHookRunsToItsEndWhateverItGives() throws Exception {
        stage.execute("create sequence analytics.calls");

        tableWith(
                inside("select nextval('analytics.calls') from generate_series(1, 12345)"),
                inside("select 1; select 2 where false; insert into analytics.audit values ('x')"));

        assertThat(stage.query("select last_value from analytics.calls")).containsExactly("12345");
        assertThat(stage.query("select what from analytics.audit")).containsExactly("x");
    }

    @Test
    void aHookOutsideOfATransactionMayNotGiveRowsWithoutEnd() throws Exception {
        assertThatThrownBy(() -> tableWith(outside("select * from generate_series(1, 10001)")))
                .isInstanceOf(AfterHookFailedException.class)
                .hasMessageContaining("it gives more than 10000 rows")
                .hasMessageContaining("let it run in the transaction");

        tableWith(outside("select * from generate_series(1, 10000)"));
    }

    @Test
    void aHookMayForgetAllThatTheSessionHasPrepared() throws Exception {
        String forgetting = "do $$ begin execute 'deallocate all'; end $$";
        Build build =
                new Build(
                        ORDERS,
                        Build.Kind.TABLE,
                        "select 1 as n",
                        BuildStage::statement,
                        Build.Options.NONE,
                        List.of(outside(forgetting), inside(forgetting)),
                        List.of(inside(forgetting), outside(forgetting)),
                        Set.of());
        try (Session session = stage.preparingSession()) {
            for (int time = 0; time < 3; time++) {
                assertThat(new Materializer(Duration.ofSeconds(2)).build(session, build).rows())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void nobodyElseBuildsTheRelationBeforeTheLastOfItsHooksIsDone() throws Exception {
        String locks =
                "insert into analytics.audit select count(*)::text from pg_locks where locktype ="
                        + " 'advisory' and pid = pg_backend_pid()";

        tableWith(inside(locks), outside(locks));

        assertThat(stage.query("select what from analytics.audit")).containsExactly("1", "1");
    }

    private Built tableWith(Build.Hook... after) throws Exception {
        return stage.build(
                Build.Kind.TABLE, ORDERS, "select 2 as n", List.of(), Arrays.asList(after));
    }

    private static Build.Hook audited(String what) {
        return inside("insert into analytics.audit values ('" + what + "')");
    }

    private static Build.Hook inside(String sql) {
        return new Build.Hook(() -> sql, true);
    }

    private static Build.Hook outside(String sql) {
        return new Build.Hook(() -> sql, false);
    }
}
