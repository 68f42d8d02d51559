package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.event.RunChanged.State;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;

/** What runs leave behind, however they end. */
@Timeout(120)
class RunEndTest {

    private static final String TABLE = "{{ config(materialized='table') }}";
    private static final String SLOW = TABLE + "select pg_sleep(60)::text as n";

    private final TestWarehouse warehouse = RunStage.warehouse();

    @Test
    void aStopCancelsWhatIsUnderWayAndSaysWhy() throws Exception {
        String[] project = {
            "models/slow.sql", SLOW, "models/after.sql", "select n from {{ ref('slow') }}"
        };
        try (RunStage later = RunStage.on(warehouse, project)) {
            RunRecord run;
            try (RunStage stopping = RunStage.on(warehouse, project)) {
                run = stopping.begin("");
                stopping.awaitSleeper();
            }

            RunRecord ended = later.history().find(run.id()).orElseThrow();
            assertThat(ended.state()).isEqualTo(State.CANCELLED);
            assertThat(ended.message()).isEqualTo("the service was stopped");
            assertThat(later.outcomes(run.id())).containsExactly("slow cancelled", "after skipped");
            assertThat(later.message(run.id(), "slow")).isEqualTo("the service was stopped");
            assertThat(later.message(run.id(), "after")).isEqualTo("the service was stopped");
            assertThat(later.query(Role.TRANSFORM, "select node_id from transform.model_state"))
                    .isEmpty();
        }
    }

    @Test
    void aRunEndsAfterTheLastOfItsNodesThoughOneCannotBeWrittenDown() throws Exception {
        try (RunStage stage =
                        RunStage.on(
                                warehouse,
                                "models/slow.sql",
                                SLOW,
                                "models/waits.sql",
                                TABLE
                                        + "select n from (select pg_advisory_xact_lock(77)::text as"
                                        + " n) t");
                Connection holder = warehouse.connection(Role.MODELS);
                Statement statement = holder.createStatement()) {
            statement.execute("select pg_advisory_lock(77)");
            RunRecord run = stage.begin("");
            stage.awaitSleeper();
            stage.await(
                    "select 1 from pg_locks where locktype = 'advisory' and objid = 77 and not"
                            + " granted and database = (select oid from pg_database where datname"
                            + " = current_database())",
                    "1");
            warehouse.execute(Role.TRANSFORM, "ALTER TABLE transform.model_state RENAME TO away");

            statement.execute("select pg_advisory_unlock(77)");
            stage.await("select 1 from pg_class where relname = 'waits'", "1");
            stage.runs().cancel(run.id());
            stage.runs().await(run.id());

            assertThat(stage.sleepers()).containsExactly("0");
            assertThat(stage.history().find(run.id()).orElseThrow().state())
                    .isEqualTo(State.CANCELLED);
            assertThat(stage.outcomes(run.id()))
                    .containsExactlyInAnyOrder("slow cancelled", "waits error");
            assertThat(versions(stage)).containsExactly("analytics.waits 1");
        }
    }

    @Test
    void whatADeadProcessMayHaveBuiltIsTold() throws Exception {
        String[] project = {"models/quick.sql", "select 1 as n", "models/slow.sql", SLOW};
        try (RunStage dying = RunStage.on(warehouse, project);
                RunStage other = RunStage.on(warehouse, project)) {
            RunRecord run = dying.begin("");
            dying.awaitSleeper();
            dying.await(
                    "select status from transform.run_node where node_id like '%quick'", "success");
            other.query(
                    Role.MODELS,
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                        + " current_database() and application_name = 'millrace-models' and pid in"
                        + " (select pid from pg_locks where locktype = 'advisory' and classid ="
                        + " 7172725)");

            other.store().end(run, State.FAILED, "given up", other.clock().instant());

            assertThat(versions(other)).containsExactly("analytics.quick 1", "analytics.slow 1");
            assertThat(
                            other.query(
                                    Role.TRANSFORM,
                                    "select key from transform.outbox where topic ="
                                            + " 'millrace.datasets' order by id"))
                    .containsExactly("analytics.quick", "analytics.slow");
        }
    }

    @Test
    void aMessageOfAnyLengthIsCut() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse, "models/a.sql", TABLE + "select repeat('x', 1100000)::int n")) {
            RunRecord run = stage.run("");

            assertThat(stage.message(run.id(), "a"))
                    .hasSize(4096)
                    .startsWith("models/a.sql")
                    .contains("invalid input syntax for type integer: \"xxx")
                    .matches("(?s).*x… \\(cut, of 1100\\d{3} characters\\)");
            assertThat(
                            stage.query(
                                    Role.TRANSFORM,
                                    "select max(length(payload)) < 10000 from transform.outbox"))
                    .containsExactly("t");
            assertThat(
                            stage.query(
                                    Role.TRANSFORM,
                                    "select max(length(message)) from transform.model_state"))
                    .containsExactly("4096");
        }
    }

    @Test
    void manyLongMessagesMakeNoLongOne() throws Exception {
        String[] project = new String[400];
        for (int i = 0; i < project.length; i += 2) {
            project[i] = "models/m" + i + ".sql";
            project[i + 1] = "{{ exceptions.raise_compiler_error('x' * 5000) }}";
            if (i > 0) {
                project[i + 1] = "{% if execute %}" + project[i + 1] + "{% endif %}select 1 as n";
            }
        }
        project[1] = "select 1 as n";
        try (RunStage stage = RunStage.on(warehouse, project)) {
            RunRecord run = stage.run("");

            assertThat(stage.history().nodes(run.id())).hasSize(200);
            assertThat(stage.message(run.id(), "m2")).hasSize(4096);
            assertThat(
                            stage.query(
                                    Role.TRANSFORM,
                                    "select max(length(payload)) between 200000 and 300000 from"
                                            + " transform.outbox"))
                    .containsExactly("t");
        }
    }

    @Test
    void nothingOfASessionReachesTheNext() throws Exception {
        String settings =
                "select current_setting('TimeZone') || ' ' || current_setting('statement_timeout')"
                        + " || ' ' || current_setting('search_path') as n";
        String[] project = {
            "models/a.sql",
            "{{ config(materialized='table', pre_hook=[\"set timezone = 'Asia/Tokyo'\", 'set"
                    + " statement_timeout = 0', 'set search_path = web', 'select"
                    + " pg_advisory_lock(4711)', 'create temp table left_over (n int)']) }}"
                    + settings,
            "models/b1.sql",
            TABLE + settings,
            "models/b2.sql",
            TABLE + settings,
            "models/b3.sql",
            TABLE + settings,
            "models/b4.sql",
            TABLE + settings
        };
        try (RunStage stage = RunStage.on(warehouse, project)) {
            assertThat(stage.run("a").state()).isEqualTo(State.SUCCEEDED);
            assertThat(stage.query(Role.READER, "select n from analytics.a"))
                    .containsExactly("Asia/Tokyo 0 web");
            assertThat(
                            stage.query(
                                    Role.MODELS,
                                    "select pid from pg_locks where locktype = 'advisory' and objid"
                                            + " = 4711"))
                    .isEmpty();

            assertThat(stage.run("b*").state()).isEqualTo(State.SUCCEEDED);

            for (String model : List.of("b1", "b2", "b3", "b4")) {
                assertThat(stage.query(Role.READER, "select n from analytics." + model))
                        .containsExactly("UTC 30s \"$user\", public");
            }
        }
    }

    @Test
    void aSessionThatCannotBeCleanedIsThrownAway() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a.sql",
                        "{{ config(materialized='table', post_hook={'sql': 'begin', 'transaction':"
                                + " false}) }}select 1 as n")) {
            for (int i = 0; i < 12; i++) {
                assertThat(stage.run("").state()).isEqualTo(State.SUCCEEDED);
            }
            assertThat(
                            stage.query(
                                    Role.MODELS,
                                    "select pid from pg_stat_activity where datname ="
                                            + " current_database() and state like 'idle in"
                                            + " transaction%'"))
                    .isEmpty();
        }
    }

    @Test
    void aTableThatIsInPlaceIsToldThoughAHookAfterItFailed() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/a.sql",
                        "{{ config(materialized='table', post_hook={'sql': 'select nothing',"
                                + " 'transaction': false}) }}select 1 as n")) {
            RunRecord run = stage.run("");

            assertThat(run.state()).isEqualTo(State.FAILED);
            assertThat(stage.message(run.id(), "a"))
                    .isEqualTo(
                            "models/a.sql: analytics.a: its post-hook failed: column \"nothing\""
                                    + " does not exist (select nothing)");
            assertThat(versions(stage)).containsExactly("analytics.a 1");
            assertThat(stage.query(Role.READER, "select n from analytics.a")).containsExactly("1");
        }
    }

    @Test
    void historyIsCutWhenARunEnds() throws Exception {
        try (RunStage stage = RunStage.on(warehouse, "models/a.sql", "select 1 as n")) {
            stage.query(
                    Role.TRANSFORM,
                    "insert into transform.run select 'old' || g, -g, 'request', '', '', '{}', 'r',"
                            + " 'failed', null, false, null, now(), now() from generate_series(1,"
                            + " 1005) g returning id");

            RunRecord run = stage.run("");

            assertThat(stage.query(Role.TRANSFORM, "select count(*) from transform.run"))
                    .containsExactly("1000");
            assertThat(stage.history().find(run.id())).isPresent();
        }
    }

    private static List<String> versions(RunStage stage) throws Exception {
        return stage.query(
                Role.TRANSFORM,
                "select relation || ' ' || version from transform.relation_version order by 1");
    }
}
