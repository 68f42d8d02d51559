package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.RunChanged.State;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Map;

@Timeout(120)
class RunsTest {

    private TestWarehouse warehouse = RunStage.warehouse();

    @BeforeEach
    void aWarehouse() {
        warehouse = RunStage.warehouse();
    }

    @Test
    void modelsAreBuiltInTheirOrderAndTold() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a_total.sql",
                        "{{ config(materialized='table') }} select sum(n) as n from {{"
                                + " ref('b_staged') }}",
                        "models/b_staged.sql",
                        "select n * {{ var('factor', 2) }} as n from {{ ref('c_seed') }}",
                        "seeds/c_seed.csv",
                        "n\n1\n2\n3\n")) {
            RunRecord run = stage.run("");

            assertThat(run.state()).isEqualTo(State.SUCCEEDED);
            assertThat(stage.outcomes(run.id()))
                    .containsExactly("c_seed success", "b_staged success", "a_total success");
            assertThat(stage.message(run.id(), "c_seed")).isEqualTo("INSERT 3");
            assertThat(stage.query(Role.READER, "select n from analytics.a_total"))
                    .containsExactly("12");
            assertThat(
                            stage.query(
                                    Role.TRANSFORM,
                                    "select topic || ' ' || key from transform.outbox order by id"))
                    .containsExactly(
                            "millrace.runs " + run.id(),
                            "millrace.datasets analytics.c_seed",
                            "millrace.datasets analytics.b_staged",
                            "millrace.datasets analytics.a_total",
                            "millrace.runs " + run.id());
            assertThat(
                            stage.query(
                                    Role.TRANSFORM,
                                    "select compiled from transform.run_node where materialized ="
                                            + " 'view'"))
                    .singleElement()
                    .asString()
                    .startsWith("select n * 2 as n from ")
                    .endsWith("\"analytics\".\"c_seed\"");
        }
    }

    @Test
    void aRunMayBuildFromNothingAndKeepWhatFails() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/grown.sql",
                        "{{ config(materialized='incremental') }}select {{ 2 if is_incremental()"
                                + " else 1 }} as n",
                        "tests/small.sql",
                        "select n from {{ ref('grown') }} where n > 1")) {
            stage.run("grown");
            RunRecord kept = stage.run("", new RunRequest.Flags(false, true));
            assertThat(stage.outcomes(kept.id()))
                    .containsExactlyInAnyOrder("grown success", "small fail");
            assertThat(stage.query(Role.MODELS, "select n from analytics_dbt_test__audit.small"))
                    .containsExactly("2");

            RunRecord anew = stage.run("", new RunRequest.Flags(true, false));

            assertThat(anew.state()).isEqualTo(State.SUCCEEDED);
            assertThat(stage.query(Role.MODELS, "select n from analytics.grown"))
                    .containsExactly("1");
        }
    }

    @Test
    void theProjectsHooksRunBeforeAndAfterTheNodesOfEachRun() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "dbt_project.yml",
                        """
                        name: shop
                        on-run-start:
                          - create schema if not exists analytics
                          - create table if not exists analytics.log (said text)
                        on-run-end: |
                          insert into analytics.log
                          select '{{ results | length }} {{ results[0].node.name }}'
                        """,
                        "models/a.sql",
                        "{{ config(materialized='table') }}select count(*) as n from"
                                + " analytics.log")) {
            RunRecord run = stage.run("");

            assertThat(run.message()).isNull();
            assertThat(run.state()).isEqualTo(State.SUCCEEDED);
            assertThat(stage.query(Role.MODELS, "select n from analytics.a")).containsExactly("0");
            assertThat(stage.query(Role.MODELS, "select said from analytics.log"))
                    .containsExactly("1 a");
        }
    }

    @Test
    void aHookAtTheStartThatFailsKeepsTheRunFromBuildingAnything() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "dbt_project.yml",
                        "name: shop\non-run-start: select nothing\n",
                        "models/a.sql",
                        "select 1 as n")) {
            RunRecord run = stage.run("");

            assertThat(run.state()).isEqualTo(State.FAILED);
            assertThat(run.message())
                    .contains("shop-on-run-start-0")
                    .contains("column \"nothing\" does not exist");
            assertThat(stage.outcomes(run.id())).containsExactly("a skipped");
            assertThat(stage.message(run.id(), "a")).isEqualTo("a hook at the start failed");
        }
    }

    @Test
    void aHookAtTheEndThatFailsFailsTheRunAndKeepsWhatItBuilt() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "dbt_project.yml",
                        "name: shop\non-run-end: [select nothing, select 1]\n",
                        "models/a.sql",
                        "select 1 as n")) {
            RunRecord run = stage.run("");

            assertThat(run.state()).isEqualTo(State.FAILED);
            assertThat(run.message()).contains("shop-on-run-end-0");
            assertThat(stage.outcomes(run.id())).containsExactly("a success");
        }
    }

    @Test
    void whatReadsAFailureIsSkippedAndTheRestIsBuilt() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/bad.sql",
                        "select 1,\n  nothing as x",
                        "models/after.sql",
                        "select * from {{ ref('bad') }}",
                        "models/later.sql",
                        "select * from {{ ref('after') }}",
                        "models/good.sql",
                        "select 1 as x")) {
            RunRecord run = stage.run("");

            assertThat(run.state()).isEqualTo(State.FAILED);
            assertThat(stage.outcomes(run.id()))
                    .containsExactlyInAnyOrder(
                            "bad error", "after skipped", "later skipped", "good success");
            assertThat(stage.message(run.id(), "bad"))
                    .isEqualTo(
                            "models/bad.sql:2:3: column \"nothing\" does not exist (line 2 of the"
                                    + " compiled SQL: nothing as x)");
            assertThat(stage.message(run.id(), "after")).isEqualTo("'bad', which it reads, failed");
            assertThat(stage.message(run.id(), "later"))
                    .isEqualTo("'after', which it reads, was skipped");
        }
    }

    @Test
    void aSourceWithoutRecordsIsWaitedFor() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/e.sql",
                        "{{ config(materialized='ephemeral') }}select n from {{ source('web',"
                                + " 'order_completed') }}",
                        "models/staged.sql",
                        "select n from {{ ref('e') }}",
                        "models/total.sql",
                        "{{ config(materialized='table') }}select sum(n) as n from {{ ref('staged')"
                                + " }}")) {
            assertThat(stage.refresh()).isEmpty();
            RunRecord run = stage.run("");
            assertThat(run.state()).isEqualTo(State.SUCCEEDED);
            assertThat(stage.message(run.id(), "staged"))
                    .isEqualTo("web.order_completed has no records yet");

            stage.land("web.order_completed", "(1), (2)");

            assertThat(stage.refresh()).containsExactly("staged success", "total success");
            assertThat(stage.query(Role.READER, "select n from analytics.total"))
                    .containsExactly("3");
        }
    }

    @Test
    void tablesFollowWhatTheyReadAndViewsNeedNothing() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/staged.sql",
                        "select n from {{ source('web', 'o') }}",
                        "models/total.sql",
                        "{{ config(materialized='table') }}select sum(n) as n from {{ ref('staged')"
                                + " }}",
                        "models/total2.sql",
                        "{{ config(materialized='table') }}select n * 2 as n from {{ ref('total')"
                                + " }}",
                        "models/other.sql",
                        "{{ config(materialized='table') }}select 1 as n")) {
            stage.land("web.o", "(1)");
            assertThat(stage.refresh()).hasSize(4).allMatch(outcome -> outcome.endsWith("success"));
            assertThat(stage.refresh()).isEmpty();

            stage.land("web.o", "(5)");
            assertThat(stage.refresh()).as("the lag has not passed").isEmpty();
            stage.clock().advance(Duration.ofMinutes(1));

            assertThat(stage.refresh()).containsExactly("total success", "total2 success");
            assertThat(stage.query(Role.READER, "select n from analytics.total2"))
                    .containsExactly("12");
            stage.clock().advance(Duration.ofMinutes(1));
            assertThat(stage.refresh()).isEmpty();
        }
    }

    @Test
    void aNewRevisionIsBuiltOnceAndAFailureIsNotTriedAgainAtOnce() throws Exception {
        try (RunStage stage = RunStage.on(warehouse, "models/a.sql", "select 1 as n")) {
            assertThat(stage.refresh()).containsExactly("a success");
            assertThat(stage.refresh()).isEmpty();

            stage.project("models/a.sql", "select nothing as n", "models/b.sql", "select 2 as n");

            assertThat(stage.refresh()).containsExactly("a error", "b success");
            assertThat(stage.query(Role.READER, "select n from analytics.a")).containsExactly("1");
            assertThat(stage.refresh()).isEmpty();
            stage.clock().advance(Duration.ofMinutes(16));
            assertThat(stage.refresh()).containsExactly("a error");
        }
    }

    @Test
    void aCancelledRunStopsItsStatements() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/slow.sql",
                        "{{ config(materialized='table') }}select pg_sleep(60)::text as n",
                        "models/after.sql",
                        "select * from {{ ref('slow') }}")) {
            RunRecord run = stage.begin("");
            stage.awaitSleeper();

            assertThat(stage.runs().cancel(run.id())).isTrue();
            stage.runs().await(run.id());

            assertThat(stage.history().find(run.id()).orElseThrow().state())
                    .isEqualTo(State.CANCELLED);
            assertThat(stage.outcomes(run.id())).containsExactly("slow cancelled", "after skipped");
            assertThat(stage.message(run.id(), "after")).isEqualTo("the run was cancelled");
            assertThat(stage.sleepers()).containsExactly("0");
            assertThat(stage.runs().cancel(run.id())).isFalse();
        }
    }

    @Test
    void aCancelledRunStopsTheHookThatIsUnderWay() throws Exception {
        for (String moment : new String[] {"on-run-start", "on-run-end"}) {
            try (RunStage stage =
                    RunStage.on(
                            warehouse,
                            "dbt_project.yml",
                            "name: shop\n" + moment + ": select pg_sleep(60)\n",
                            "models/a.sql",
                            "select 1 as n")) {
                RunRecord run = stage.begin("");
                stage.awaitSleeper();
                stage.runs().cancel(run.id());
                stage.runs().await(run.id());

                RunRecord ended = stage.history().find(run.id()).orElseThrow();
                assertThat(ended.state()).as(moment).isEqualTo(State.CANCELLED);
                assertThat(ended.message()).isNull();
                assertThat(stage.outcomes(run.id()))
                        .containsExactly(
                                moment.equals("on-run-start") ? "a cancelled" : "a success");
                assertThat(stage.sleepers()).containsExactly("0");
            }
        }
    }

    @Test
    void anotherProcessCanCancelARun() throws Exception {
        String[] project = {
            "models/slow.sql", "{{ config(materialized='table') }}select pg_sleep(60)::text as n"
        };
        try (RunStage here = RunStage.on(warehouse, project);
                RunStage there = RunStage.on(warehouse, project)) {
            RunRecord run = here.begin("");
            here.awaitSleeper();
            there.runs().attend();
            assertThat(there.history().find(run.id()).orElseThrow().state())
                    .isEqualTo(State.RUNNING);

            there.runs().cancel(run.id());
            here.runs().attend();
            here.runs().await(run.id());

            assertThat(there.history().find(run.id()).orElseThrow().state())
                    .isEqualTo(State.CANCELLED);
        }
    }

    @Test
    void aRunWhoseProcessDiedIsGivenUp() throws Exception {
        String[] project = {
            "models/slow.sql", "{{ config(materialized='table') }}select pg_sleep(60)::text as n"
        };
        try (RunStage dying = RunStage.on(warehouse, project);
                RunStage other = RunStage.on(warehouse, project)) {
            RunRecord run = dying.begin("");
            dying.awaitSleeper();

            // What PostgreSQL sees of a killed process: its connections are gone.
            other.query(
                    Role.MODELS,
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                            + " current_database() and application_name = 'millrace-models'"
                            + " and pid <> pg_backend_pid()");
            // PostgreSQL ends them a moment later, and their locks with them.
            await().untilAsserted(
                            () -> {
                                other.runs().attend();
                                assertThat(other.history().find(run.id()).orElseThrow().state())
                                        .isEqualTo(State.FAILED);
                            });
            dying.runs().await(run.id());
            assertThat(other.history().find(run.id()).orElseThrow().state())
                    .isEqualTo(State.FAILED);
            assertThat(
                            other.query(
                                    Role.TRANSFORM,
                                    "select count(*) from transform.run_node where status in"
                                            + " ('pending', 'running')"))
                    .containsExactly("0");
        }
    }

    @Test
    void twoRunsOfOneModelAreBuiltOneAfterTheOther() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a.sql",
                        "{{ config(materialized='table') }}select g as n from generate_series(1,"
                                + " 5000) g",
                        "models/b.sql",
                        "select count(*) as n from {{ ref('a') }}")) {
            RunRecord first = stage.begin("");
            RunRecord second = stage.begin("");
            stage.runs().await(first.id());
            stage.runs().await(second.id());

            assertThat(stage.outcomes(first.id())).containsExactly("a success", "b success");
            assertThat(stage.outcomes(second.id())).containsExactly("a success", "b success");
            assertThat(stage.query(Role.READER, "select n from analytics.b"))
                    .containsExactly("5000");
        }
    }

    @Test
    void theSameKeyFindsTheRunThatItBegan() throws Exception {
        try (RunStage stage = RunStage.on(warehouse, "models/a.sql", "select 1 as n")) {
            RunRequest request = new RunRequest("request", "a", "", Map.of(), "key-1");

            RunRecord run = stage.runs().begin(request);
            stage.runs().await(run.id());

            assertThat(stage.runs().begin(request).id()).isEqualTo(run.id());
            assertThat(stage.history().page(null, null, 10)).hasSize(1);
        }
    }

    @Test
    void historyIsPagedAndFiltered() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a.sql",
                        "select 1 as n",
                        "models/b.sql",
                        "select x as n")) {
            for (int i = 0; i < 3; i++) {
                stage.run("a");
            }
            RunRecord failed = stage.run("b");

            List<RunRecord> newest = stage.history().page(null, null, 2);
            assertThat(newest).extracting(RunRecord::id).hasSize(2).startsWith(failed.id());
            assertThat(stage.history().page(null, newest.get(1).number(), 10)).hasSize(2);
            assertThat(stage.history().page(State.FAILED, null, 10))
                    .extracting(RunRecord::id)
                    .containsExactly(failed.id());
            stage.store().prune(1);
            assertThat(stage.history().page(null, null, 10))
                    .extracting(RunRecord::id)
                    .containsExactly(failed.id());
        }
    }

    @Test
    void usersSqlCannotTouchTheServicesOwnTables() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a.sql",
                        "select * from transform.run",
                        "models/b.sql",
                        "{{ config(pre_hook='drop table transform.ledger') }} select 1 as n",
                        "models/c.sql",
                        "{{ config(materialized='table', pre_hook='create table if not exists {{"
                                + " this.schema }}.audit (n int)', post_hook=[\"insert into {{"
                                + " this.schema }}.audit select n from {{ this }}\"]) }} select 7"
                                + " as n")) {
            RunRecord run = stage.run("");

            assertThat(stage.message(run.id(), "a"))
                    .contains("permission denied for schema transform");
            assertThat(stage.message(run.id(), "b"))
                    .contains("permission denied for schema transform");
            assertThat(stage.message(run.id(), "c")).isEqualTo("SELECT 1");
            assertThat(stage.query(Role.MODELS, "select n from analytics.audit"))
                    .containsExactly("7");
        }
    }

    @Test
    void aSelectionThatFindsNothingBeginsNoRun() throws Exception {
        try (RunStage stage = RunStage.on(warehouse, "models/orders.sql", "select 1 as n")) {
            assertThatThrownBy(() -> stage.run("ordres"))
                    .hasMessageContaining("did you mean 'orders'?");
            assertThat(stage.history().page(null, null, 10)).isEmpty();
        }
    }
}
