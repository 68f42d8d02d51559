package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.parse.ManifestReader;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

class MicrobatchModelTest {

    private static final String MODEL = "model.shop.visits";

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void visits() throws SQLException {
        stage.execute(
                """
                create schema web;
                create table web.visits (id int, at timestamptz, pages int);
                insert into web.visits
                  select g, '2026-02-26 12:00+00'::timestamptz + g * interval '1 day', 10
                  from generate_series(0, 3) g;
                create table web.rates (rate int); insert into web.rates values (2);
                create schema analytics; create table analytics.log (at serial, said text)
                """);
        stage.file(
                "models/web.yml",
                """
                sources:
                  - name: web
                    schema: web
                    tables:
                      - {name: visits, config: {event_time: at}}
                      - name: rates
                """);
        model("select v.id, v.at, v.pages / (v.pages - 0) * r.rate as pages");
        during(null, null, false);
    }

    private void model(String select) {
        stage.file(
                "models/visits.sql",
                """
                {{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id',
                    event_time='at', batch_size='day', begin='2026-02-26',
                    pre_hook="insert into analytics.log (said) values ('before')",
                    post_hook="insert into analytics.log (said) select 'after ' || count(*) from {{ this }}") }}
                SELECT
                from {{ source('web', 'visits') }} v cross join {{ source('web', 'rates') }} r
                """
                        .replace("SELECT\n", select + "\n"));
    }

    /** A run at noon on the first of March. */
    private void during(@Nullable String start, @Nullable String end, boolean fullRefresh) {
        stage.during(
                new Invocation(
                        "1",
                        Instant.parse("2026-03-01T12:00:00Z"),
                        "build",
                        Map.of(),
                        fullRefresh,
                        false,
                        false,
                        Set.of(),
                        start == null ? null : Instant.parse(start + "T00:00:00Z"),
                        end == null ? null : Instant.parse(end + "T00:00:00Z")));
    }

    private NodeOutcome run() throws SQLException {
        return stage.runOne("visits");
    }

    private List<String> rows() throws SQLException {
        return stage.query("select id, pages from analytics.visits order by id");
    }

    private static BatchResults batches(NodeOutcome outcome) {
        return Objects.requireNonNull(outcome.batches());
    }

    private static List<String> ids(List<Batch> batches) {
        return batches.stream().map(Batch::id).toList();
    }

    @Test
    void theFirstRunBuildsEveryBatchSinceTheBeginning() throws SQLException {
        NodeOutcome outcome = run();

        assertThat(outcome.message()).isEqualTo("SUCCESS");
        assertThat(outcome.rows()).isEqualTo(4);
        assertThat(ids(batches(outcome).successful()))
                .containsExactly("20260226", "20260227", "20260228", "20260301");
        assertThat(rows()).containsExactly("0|2", "1|2", "2|2", "3|2");
        assertThat(stage.compiled(MODEL))
                .contains(
                        "(select * from \"",
                        "where at >= '2026-03-01 00:00:00+00:00' and at < '2026-03-02"
                                + " 00:00:00+00:00')");
    }

    @Test
    void hooksSurroundAllBatchesAndNotEach() throws SQLException {
        run();

        assertThat(stage.query("select said from analytics.log order by at"))
                .containsExactly("before", "after 4");
    }

    @Test
    void laterRunsBuildTheNewestBatchesAndThoseThatAreLookedBackAt() throws SQLException {
        run();
        stage.execute("update web.visits set at = at, pages = 5; update web.rates set rate = 3");

        NodeOutcome outcome = run();

        assertThat(ids(batches(outcome).successful())).containsExactly("20260228", "20260301");
        assertThat(rows()).containsExactly("0|2", "1|2", "2|3", "3|3");
    }

    @Test
    void aRunMayNameTheTimeThatItIsAbout() throws SQLException {
        run();
        stage.execute("update web.rates set rate = 7");
        during("2026-02-26", "2026-02-28", false);

        assertThat(ids(batches(run()).successful())).containsExactly("20260226", "20260227");
        assertThat(rows()).containsExactly("0|7", "1|7", "2|2", "3|2");
    }

    @Test
    void aFullRefreshBeginsAnew() throws SQLException {
        run();
        stage.execute("delete from web.visits where id = 0; update web.rates set rate = 9");
        during(null, null, true);

        assertThat(batches(run()).successful()).hasSize(4);
        assertThat(rows()).containsExactly("1|9", "2|9", "3|9");
    }

    @Test
    void theBatchesThatFailAreBuiltByThemselvesLater() throws SQLException {
        run();
        stage.execute(
                "update web.visits set pages = 0 where id = 1; update web.rates set rate = 4");
        during("2026-02-26", "2026-03-02", false);
        model("select v.id, v.at, v.pages / v.pages * r.rate as pages");

        NodeOutcome outcome = run();

        assertThat(outcome.status()).isEqualTo(NodeStatus.PARTIAL_SUCCESS);
        assertThat(outcome.message())
                .startsWith("PARTIAL SUCCESS (3/4): batch 20260227: ")
                .contains("division by zero");
        assertThat(ids(batches(outcome).failed())).containsExactly("20260227");
        assertThat(rows()).containsExactly("0|4", "1|2", "2|4", "3|4");

        stage.execute("update web.visits set pages = 10; update web.rates set rate = 5");
        NodeOutcome again = retry(outcome);

        assertThat(again.status()).isEqualTo(NodeStatus.SUCCESS);
        assertThat(batches(again).successful()).hasSize(4);
        assertThat(rows()).containsExactly("0|4", "1|5", "2|4", "3|4");
    }

    private NodeOutcome retry(NodeOutcome outcome) throws SQLException {
        ManifestReader.Read read = stage.read();
        try (Session session = stage.session()) {
            return stage.runner(read)
                    .retrying(Map.of(MODEL, batches(outcome)))
                    .run(session, stage.node(read, MODEL), Set.of(), sql -> {});
        }
    }

    @Test
    void withoutTheFirstBatchThereIsNothingToAddTo() throws SQLException {
        model("select v.id, v.at, v.pages / (v.id - 0) as pages");

        NodeOutcome outcome = run();

        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        assertThat(outcome.message()).startsWith("ERROR: batch 20260226: models/visits.sql:");
        assertThat(batches(outcome).failed()).hasSize(4);
    }

    @Test
    void aTemplateKnowsItsBatch() throws SQLException {
        model(
                "select v.id, v.at, {{ model.batch.id if model.batch else 0 }} as pages"
                        + " /* {{ model.batch.event_time_start }} {{ is_incremental() }} */");

        run();

        assertThat(rows()).containsExactly("0|20260226", "1|20260227", "2|20260228", "3|20260301");
        assertThat(stage.compiled(MODEL)).contains("/* 2026-03-01 00:00:00+00:00 True */");
    }

    @Test
    void anInputMayBeReadWhole() throws SQLException {
        model(
                "select (select count(*) from {{ source('web', 'visits').render() }})::int as"
                        + " pages, v.id, v.at");

        run();

        assertThat(rows()).containsExactly("0|4", "1|4", "2|4", "3|4");
    }

    private void through(String ephemeral) {
        stage.file(
                "models/all_visits.sql", ephemeral + "select * from {{ source('web', 'visits') }}");
        stage.file(
                "models/visits.sql",
                """
                {{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id',
                    event_time='at', batch_size='day', begin='2026-02-26') }}
                select v.id, v.at, (select count(*) from {{ ref('all_visits') }})::int as pages
                from {{ source('web', 'visits') }} v
                """);
    }

    @Test
    void anEphemeralInputThatHasNoTimeIsReadWhole() throws SQLException {
        through("{{ config(materialized='ephemeral') }} ");

        run();

        assertThat(rows()).containsExactly("0|4", "1|4", "2|4", "3|4");
    }

    @Test
    void anEphemeralInputThatHasATimeGivesTheRowsOfTheBatch() throws SQLException {
        through("{{ config(materialized='ephemeral', event_time='at') }} ");

        run();

        assertThat(rows()).containsExactly("0|1", "1|1", "2|1", "3|1");
        assertThat(stage.compiled(MODEL))
                .contains("from (select * from __dbt__cte__all_visits where at >= '2026-03-01");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void whetherBatchesMayRunAtOnceChangesNothingOfTheirRows(String concurrent)
            throws SQLException {
        stage.file(
                "dbt_project.yml",
                "name: shop\nmodels: {shop: {+concurrent_batches: " + concurrent + "}}\n");

        assertThat(run().message()).isEqualTo("SUCCESS");
        assertThat(rows()).containsExactly("0|2", "1|2", "2|2", "3|2");
    }

    @Test
    void whetherBatchesMayRunAtOnceIsTrueOrFalse() {
        stage.file("dbt_project.yml", "name: shop\nmodels: {shop: {+concurrent_batches: two}}\n");

        assertThat(stage.problems())
                .singleElement()
                .asString()
                .contains("'concurrent_batches' is true or false, not 'two'");
    }

    @Test
    void batchesAreHoursDaysMonthsOrYears() {
        Instant moment = Instant.parse("2026-03-31T22:10:00Z");

        assertThat(BatchSize.HOUR.id(BatchSize.HOUR.floor(moment))).isEqualTo("20260331T22");
        assertThat(BatchSize.HOUR.ceiling(moment)).isEqualTo("2026-03-31T23:00:00Z");
        assertThat(BatchSize.MONTH.floor(moment)).isEqualTo("2026-03-01T00:00:00Z");
        assertThat(BatchSize.MONTH.plus(BatchSize.MONTH.floor(moment), -1))
                .isEqualTo("2026-02-01T00:00:00Z");
        assertThat(BatchSize.YEAR.ceiling(moment)).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(BatchSize.DAY.ceiling(BatchSize.DAY.floor(moment)))
                .isEqualTo("2026-03-31T00:00:00Z");
    }

    @Test
    void whatTheModelLacksIsTold() {
        stage.file(
                "models/visits.sql",
                "{{ config(materialized='incremental', incremental_strategy='microbatch',"
                        + " batch_size='week') }} select 1");

        assertThat(stage.problems())
                .hasSize(3)
                .anySatisfy(problem -> assertThat(problem).contains("needs 'event_time'"))
                .anySatisfy(problem -> assertThat(problem).contains("needs 'begin'"))
                .anySatisfy(problem -> assertThat(problem).contains("not 'week'"));
    }
}
