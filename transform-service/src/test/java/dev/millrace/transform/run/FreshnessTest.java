package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.event.RunChanged.State;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

@Timeout(120)
class FreshnessTest {

    private static final String TABLE = "{{ config(materialized='table') }}";
    private static final String SLOW = TABLE + "select pg_sleep(60)::text as n";

    private final TestWarehouse warehouse = RunStage.warehouse();

    @Test
    void whatReadsAFailedNodeIsNotBuiltFromItsLastRevision() throws Exception {
        String[] below = {
            "models/b.sql",
            TABLE + "select n from {{ ref('a') }}",
            "models/c.sql",
            "select n from {{ ref('b') }}"
        };
        try (RunStage stage = stage("models/a.sql", "select 1 as n", below)) {
            assertThat(stage.refresh()).containsExactly("a success", "b success", "c success");

            stage.project(with("models/a.sql", "select nothing as n", below));
            assertThat(stage.refresh()).containsExactly("a error", "b skipped", "c skipped");
            assertThat(stage.refresh()).isEmpty();
            stage.clock().advance(Duration.ofMinutes(14));
            assertThat(stage.refresh()).isEmpty();

            stage.clock().advance(Duration.ofMinutes(2));
            assertThat(stage.refresh()).containsExactly("a error", "b skipped", "c skipped");
            assertThat(stage.refresh()).isEmpty();

            stage.project(with("models/a.sql", "select 3 as n", below));
            assertThat(stage.refresh()).containsExactly("a success", "b success", "c success");
            assertThat(stage.query(Role.READER, "select n from analytics.c")).containsExactly("3");
        }
    }

    @Test
    void whatWaitsForAFailedNodeIsBuiltWhenSomebodyMendsIt() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a.sql",
                        TABLE + "select 1 / n as n from {{ source('web', 'o') }}",
                        "models/b.sql",
                        TABLE + "select n from {{ ref('a') }}")) {
            stage.land("web.o", "(0)");
            assertThat(stage.refresh()).containsExactly("a error", "b skipped");
            stage.query(Role.TRANSFORM, "update web.o set n = 1 returning n");

            stage.run("a");

            assertThat(stage.refresh()).containsExactly("b success");
            assertThat(stage.refresh()).isEmpty();
        }
    }

    @Test
    void aCancelledRunDoesNotBeginAgainByItself() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/slow.sql",
                        SLOW,
                        "models/after.sql",
                        TABLE + "select n from {{ ref('slow') }}")) {
            RunRecord run = stage.beginRefresh().orElseThrow();
            stage.awaitSleeper();
            stage.runs().cancel(run.id());
            stage.runs().await(run.id());
            assertThat(stage.outcomes(run.id())).containsExactly("slow cancelled", "after skipped");

            assertThat(stage.refresh()).isEmpty();
            stage.clock().advance(Duration.ofMinutes(14));
            assertThat(stage.refresh()).isEmpty();

            stage.clock().advance(Duration.ofMinutes(1));
            RunRecord again = stage.beginRefresh().orElseThrow();
            stage.awaitSleeper();
            stage.runs().cancel(again.id());
            stage.runs().await(again.id());
            stage.project("models/slow.sql", "select 1 as n");
            assertThat(stage.refresh()).containsExactly("slow success");
        }
    }

    @Test
    void aCancelledNodeStaysAloneThoughWhatItReadsIsBuilt() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/total.sql",
                        TABLE + "select sum(n) as n from {{ source('web', 'o') }}",
                        "models/slow.sql",
                        TABLE + "select n, pg_sleep(60)::text as s from {{ ref('total') }}")) {
            stage.land("web.o", "(1)");
            RunRecord run = stage.beginRefresh().orElseThrow();
            stage.awaitSleeper();
            stage.runs().cancel(run.id());
            stage.runs().await(run.id());

            stage.land("web.o", "(2)");
            stage.clock().advance(Duration.ofMinutes(2));

            assertThat(stage.refresh()).containsExactly("total success");
            assertThat(stage.refresh()).isEmpty();
        }
    }

    @Test
    void aCancelledRequestKeepsNothingFromBeingFresh() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/slow.sql",
                        TABLE
                                + "select case when {{ var('slow', 0) }} = 1 then"
                                + " pg_sleep(60)::text end as s, n from {{ source('web', 'o') }}",
                        "models/after.sql",
                        TABLE + "select n from {{ ref('slow') }}")) {
            stage.land("web.o", "(1)");
            assertThat(stage.refresh()).containsExactly("slow success", "after success");
            RunRecord run = stage.begin("slow", "slow", 1);
            stage.awaitSleeper();
            stage.runs().cancel(run.id());
            stage.runs().await(run.id());
            assertThat(stage.history().find(run.id()).orElseThrow().state())
                    .isEqualTo(State.CANCELLED);
            assertThat(stage.refresh()).isEmpty();

            stage.land("web.o", "(2)");
            stage.clock().advance(Duration.ofMinutes(2));

            assertThat(stage.refresh()).containsExactly("slow success", "after success");
        }
    }

    @Test
    void aStopOfTheServiceDoesNotKeepTheNextFromBeginning() throws Exception {
        String[] project = {"models/slow.sql", SLOW, "models/after.sql", "select 1 as n"};
        try (RunStage next = RunStage.on(warehouse, project)) {
            try (RunStage stopping = RunStage.on(warehouse, project)) {
                assertThat(stopping.beginRefresh()).isPresent();
                stopping.awaitSleeper();
                assertThat(next.beginRefresh()).as("one is under way").isEmpty();
            }

            assertThat(next.beginRefresh()).isPresent();
        }
    }

    @Test
    void whereNothingHappenedNothingIsLookedAt() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/total.sql",
                        TABLE + "select sum(n) as n from {{ source('web', 'o') }}")) {
            stage.land("web.o", "(1)");
            assertThat(stage.refresh()).containsExactly("total success");
            assertThat(stage.refresh()).isEmpty();
            warehouse.execute(
                    Role.TRANSFORM, "ALTER TABLE transform.model_state RENAME TO state_away");

            stage.land("web.other", "(1)");
            assertThat(stage.refresh()).isEmpty();

            stage.land("web.o", "(2)");
            assertThatThrownBy(stage::refresh).hasMessageContaining("model_state");
            warehouse.execute(
                    Role.TRANSFORM, "ALTER TABLE transform.state_away RENAME TO model_state");
            stage.clock().advance(Duration.ofMinutes(1));
            assertThat(stage.refresh()).containsExactly("total success");
        }
    }

    @Test
    void aTableOfSomebodyElseIsFoundWithinAMinute() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/schema.yml",
                        "sources: [{name: theirs, tables: [{name: t}]}]",
                        "models/a.sql",
                        TABLE + "select n from {{ source('theirs', 't') }}")) {
            assertThat(stage.refresh()).isEmpty();
            stage.land("theirs.unrelated", "(1)");
            warehouse.execute(Role.TRANSFORM, "CREATE TABLE theirs.t (n int)");
            warehouse.execute(Role.TRANSFORM, "GRANT SELECT ON theirs.t TO millrace_models");

            stage.clock().advance(Duration.ofMinutes(1));

            assertThat(stage.refresh()).containsExactly("a success");
        }
    }

    @Test
    void ofTwoReplicasOneBuildsWhatIsDue() throws Exception {
        String[] project = {"models/slow.sql", SLOW};
        try (RunStage one = RunStage.on(warehouse, project);
                RunStage other = RunStage.on(warehouse, project)) {
            RunRecord run = one.beginRefresh().orElseThrow();
            one.awaitSleeper();

            assertThat(other.beginRefresh()).isEmpty();
            other.runs().cancel(run.id());
            one.runs().attend();
            one.runs().await(run.id());

            assertThat(other.beginRefresh()).as("somebody cancelled it").isEmpty();
            assertThat(one.beginRefresh()).isEmpty();
        }
    }

    private RunStage stage(String path, String text, String... others) throws Exception {
        return RunStage.on(warehouse, with(path, text, others));
    }

    private static String[] with(String path, String text, String... others) {
        List<String> all = new ArrayList<>(List.of(path, text));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }
}
