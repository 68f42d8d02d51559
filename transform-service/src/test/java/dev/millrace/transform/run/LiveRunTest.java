package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.event.RunChanged.State;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.materialization.live.LiveState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Live models as runs ask for them. */
@Timeout(120)
class LiveRunTest {

    private static final String LIVE = "{{ config(materialized='live') }}";
    private static final String TABLE = "{{ config(materialized='table') }}";
    private static final String PER_SHOP =
            LIVE
                    + "select shop, count(*) as n, sum(amount) as amount from"
                    + " {{ source('web', 'orders') }} group by shop";
    private static final String ALL = "select shop || ' ' || n || ' ' || amount from ";
    private static final String GENERATIONS = "select count(*) from millrace_live.model";

    private final TestWarehouse warehouse = RunStage.warehouse();
    private RunStage stage;

    @BeforeEach
    void keepLiveModels() throws Exception {
        stage = RunStage.on(warehouse, "models/per_shop.sql", PER_SHOP).keepingLive();
        stage.landOrders("('a', 1), ('a', 2), ('b', 5)");
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    private String state(String model) throws Exception {
        LiveState state = stage.live().states().get("model.shop." + model);
        return state == null ? "none" : state.state();
    }

    private List<String> generation() throws Exception {
        return stage.query(Role.MODELS, "select max(generation) from millrace_live.model");
    }

    @Test
    void aRunBuildsALiveModelThatThenFollowsByItself() throws Exception {
        RunRecord run = stage.run("");

        assertThat(stage.outcomes(run.id())).containsExactly("per_shop success");
        assertThat(stage.message(run.id(), "per_shop"))
                .isEqualTo("LIVE: new rows are added to its groups");
        assertThat(stage.query(Role.READER, ALL + "analytics.per_shop order by 1"))
                .containsExactly("a 2 3", "b 1 5");

        stage.landOrders("('b', 1), ('c', 7)");

        stage.await(
                Role.READER,
                "select string_agg(n::text, '' order by shop) from analytics.per_shop",
                "221");
        assertThat(state("per_shop")).isEqualTo("following");
        stage.await(
                "select count(*) > 1 from transform.outbox where key = 'analytics.per_shop'", "t");
    }

    @Test
    void aSecondRunLeavesItAsItIsAndAnotherQueryBuildsItAnew() throws Exception {
        stage.run("");
        List<String> first = generation();
        stage.landOrders("('c', 1)");
        assertThat(stage.run("").state()).isEqualTo(State.SUCCEEDED);

        // All that was landed before the run is in it when the run ends.
        assertThat(stage.query(Role.READER, "select sum(n) from analytics.per_shop"))
                .containsExactly("4");
        assertThat(generation()).isEqualTo(first);

        stage.project("models/per_shop.sql", PER_SHOP.replace("sum(amount)", "max(amount)"));
        stage.run("");

        assertThat(stage.query(Role.READER, ALL + "analytics.per_shop order by 1"))
                .containsExactly("a 2 2", "b 1 5", "c 1 1");
        assertThat(generation()).isNotEqualTo(first);
        assertThat(stage.query(Role.MODELS, GENERATIONS)).containsExactly("1");
    }

    @Test
    void aCheckOfWhatItReadsDoesNotHaveItBuiltAnew() throws Exception {
        RunRecord run = stage.run("");
        List<String> first = generation();

        stage.messages().checked(run, "web.orders", List.of("unique_id"), Instant.now());
        stage.landOrders("('c', 7)");

        stage.await(Role.READER, "select sum(n) from analytics.per_shop", "4");
        assertThat(generation()).isEqualTo(first);
    }

    @Test
    void aFullRefreshBuildsItAnewAndEndsInTheSameTable() throws Exception {
        stage.run("");
        List<String> first = generation();
        stage.query(Role.MODELS, "update analytics.per_shop set n = 99 returning 1");

        stage.project(
                "models/per_shop.sql", PER_SHOP.replace("'live'", "'live', full_refresh=true"));
        stage.run("");

        assertThat(stage.query(Role.READER, ALL + "analytics.per_shop order by 1"))
                .containsExactly("a 2 3", "b 1 5");
        assertThat(generation()).isNotEqualTo(first);
    }

    @Test
    void whatCannotBeLiveIsRefusedWithThePlace() throws Exception {
        stage.project(
                "models/per_shop.sql",
                LIVE + "\nselect * from {{ source('web', 'orders') }}\nlimit 3");

        RunRecord run = stage.run("");

        assertThat(stage.outcomes(run.id())).containsExactly("per_shop error");
        assertThat(stage.message(run.id(), "per_shop"))
                .startsWith("models/per_shop.sql")
                .contains("it cannot be live: ", "LIMIT");
        assertThat(stage.live().states()).isEmpty();
    }

    @Test
    void aMistakeInItsSqlIsToldAsThatOfATable() throws Exception {
        stage.project(
                "models/per_shop.sql",
                LIVE + "\nselect nothing from {{ source('web', 'orders') }}");

        RunRecord run = stage.run("");

        assertThat(stage.message(run.id(), "per_shop"))
                .startsWith("models/per_shop.sql:2:8: column \"nothing\" does not exist");
    }

    @Test
    void oneThatFailsFromTheStartFailsItsRunAndGoesOnWhenItCan() throws Exception {
        stage.project(
                "models/per_shop.sql",
                PER_SHOP.replace("sum(amount)", "10 / nullif(min(amount), 5)"),
                "models/ratio.sql",
                LIVE
                        + "select shop, 10 / min(amount - 5) as r from {{ source('web', 'orders')"
                        + " }} group by shop");

        RunRecord run = stage.run("");

        assertThat(stage.outcomes(run.id()))
                .containsExactlyInAnyOrder("per_shop success", "ratio error");
        assertThat(stage.message(run.id(), "ratio")).contains("division by zero");
        assertThat(state("ratio")).isEqualTo("failing");
        assertThat(state("per_shop")).isEqualTo("following");

        stage.await(
                "select count(*) from transform.outbox where key = 'analytics.ratio' and payload"
                        + " like '%live: division by zero%'",
                "1");

        stage.landOrders("('b', 4)");

        stage.await(Role.READER, "select to_regclass('analytics.ratio') is not null", "t");
        stage.await(
                Role.READER,
                "select count(*) from analytics.ratio where shop = 'b' and r = -10",
                "1");
        assertThat(stage.run("").state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void aTableCanBecomeLiveAndALiveModelATable() throws Exception {
        stage.project("models/per_shop.sql", PER_SHOP.replace("'live'", "'table'"));
        stage.run("");
        stage.project("models/per_shop.sql", PER_SHOP);
        stage.run("");
        stage.landOrders("('c', 1)");
        stage.await(Role.READER, "select count(*) from analytics.per_shop", "3");

        stage.project("models/per_shop.sql", PER_SHOP.replace("'live'", "'table'"));
        assertThat(stage.run("").state()).isEqualTo(State.SUCCEEDED);

        assertThat(stage.live().states()).isEmpty();
        assertThat(stage.query(Role.MODELS, GENERATIONS)).containsExactly("0");
        assertThat(stage.query(Role.TRANSFORM, "select count(*) from transform.live_input"))
                .containsExactly("0");
    }

    @Test
    void aModelOfAnotherNameCanTakeItsRelation() throws Exception {
        stage.run("");
        stage.project(
                "models/other.sql",
                PER_SHOP.replace("'live'", "'live', alias='per_shop'")
                        .replace("sum(amount)", "min(amount)"));

        assertThat(stage.run("").state()).isEqualTo(State.SUCCEEDED);

        stage.landOrders("('a', 0)");
        stage.await(Role.READER, "select amount from analytics.per_shop where shop = 'a'", "0");
        assertThat(stage.live().states()).containsOnlyKeys("model.shop.other");
    }

    @Test
    void oneThatTheProjectHasNoMoreIsForgottenAfterAWhileAndItsTableStays() throws Exception {
        stage.run("");
        stage.project("models/another.sql", "select 1 as n");
        stage.await("select count(*) from transform.live_model", "1");
        while (!stage.live().states().isEmpty()) {
            stage.clock().advance(Duration.ofMinutes(1));
            Thread.onSpinWait();
        }

        stage.await("select count(*) from transform.live_model", "0");
        stage.await("select count(*) from transform.live_input", "0");
        assertThat(stage.query(Role.MODELS, GENERATIONS)).containsExactly("0");
        assertThat(stage.query(Role.READER, "select count(*) from analytics.per_shop"))
                .containsExactly("2");
    }

    @Test
    void thereAreNoMoreOfThemThanConnectionsForThem() throws Exception {
        List<String> project = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            project.add("models/m%d.sql".formatted(i));
            project.add(PER_SHOP);
        }
        stage.project(project.toArray(String[]::new));

        RunRecord run = stage.run("m0 m1 m2");
        assertThat(run.state()).isEqualTo(State.SUCCEEDED);
        RunRecord more = stage.run("m3");

        assertThat(stage.message(more.id(), "m3"))
                .contains("there are 3 live models already", "millrace.models.live-limit");
    }

    @Test
    void itIsNotBuiltForEachChangeAndTablesThatReadItAreKeptFresh() throws Exception {
        stage.project(
                "models/per_shop.sql",
                PER_SHOP,
                "models/total.sql",
                TABLE + "select sum(n) as n from {{ ref('per_shop') }}");
        assertThat(stage.refresh()).containsExactly("per_shop success", "total success");
        // What was told of it before the table was built may still be counted.
        stage.clock().advance(Duration.ofMinutes(2));
        stage.refresh();

        stage.landOrders("('c', 1)");
        stage.await(Role.READER, "select count(*) from analytics.per_shop", "3");
        String told =
                "select version::text from transform.relation_version where relation ="
                        + " 'analytics.per_shop'";
        List<String> before = stage.query(Role.TRANSFORM, told);
        stage.landOrders("('d', 1)");
        while (stage.query(Role.TRANSFORM, told).equals(before)) {
            Thread.onSpinWait();
        }
        stage.clock().advance(Duration.ofMinutes(2));

        assertThat(stage.refresh()).containsExactly("total success");
        assertThat(stage.query(Role.READER, "select n from analytics.total")).containsExactly("5");
    }

    @Test
    void aWarehouseThatWasRestoredHasItsLiveModelsBuiltAnew() throws Exception {
        stage.project(
                "models/per_shop.sql",
                PER_SHOP,
                "models/other.sql",
                TABLE
                        + "select shop, 0 as n, 0::numeric as amount from {{ source('web',"
                        + " 'orders') }}");
        stage.run("");
        stage.live().stop();
        List<String> before = stage.query(Role.READER, ALL + "analytics.other order by 1");
        // The oid of its table is that of another one now.
        stage.query(
                Role.MODELS,
                "update millrace_live.model set result_oid = 'analytics.other'::regclass"
                        + " returning 1");

        stage.landOrders("('c', 1)");
        stage.live().start();

        stage.await(Role.READER, "select count(*) from analytics.per_shop", "3");
        assertThat(stage.query(Role.READER, ALL + "analytics.other order by 1")).isEqualTo(before);
    }

    @Test
    void aRunThatIsStoppedWaitsNoLonger() throws Exception {
        stage.live().stop();
        RunRecord run = stage.begin("");
        stage.await("select count(*) from transform.live_model", "1");

        stage.runs().cancel(run.id());
        stage.runs().await(run.id());

        assertThat(stage.outcomes(run.id())).containsExactly("per_shop cancelled");
    }

    @Test
    void hooksRunWithItsRunsAndItsOptionsAreKept() throws Exception {
        stage.project(
                "models/per_shop.sql",
                PER_SHOP.replace(
                        "'live'",
                        "'live', indexes=[{'columns': ['amount']}], post_hook=\"create table if not"
                                + " exists analytics.hooked as select count(*) as n from {{ this"
                                + " }}\""));
        stage.run("");

        assertThat(stage.query(Role.MODELS, "select n from analytics.hooked")).containsExactly("2");
        assertThat(
                        stage.query(
                                Role.MODELS,
                                "select count(*) from pg_indexes where tablename = 'per_shop' and"
                                        + " indexdef like '%(amount)'"))
                .containsExactly("1");
    }

    @Test
    void itReadsSeedsAndTablesAndOtherLiveModels() throws Exception {
        stage.project(
                "seeds/names.csv",
                "shop,name\na,Anna\nb,Bert\n",
                "models/per_shop.sql",
                PER_SHOP,
                "models/named.sql",
                LIVE
                        + "select c.name, sum(p.n) as n from {{ ref('per_shop') }} p join"
                        + " {{ ref('names') }} c on c.shop = p.shop group by c.name");

        assertThat(stage.run("").state()).isEqualTo(State.SUCCEEDED);
        String named = "select string_agg(name || n, ' ' order by name) from analytics.named";
        assertThat(stage.query(Role.READER, named)).containsExactly("Anna2 Bert1");
        stage.landOrders("('b', 1)");
        stage.await(Role.READER, named, "Anna2 Bert2");

        stage.project(
                "seeds/names.csv",
                "shop,name\na,Anna\nb,Berta\n",
                "models/per_shop.sql",
                PER_SHOP,
                "models/named.sql",
                LIVE
                        + "select c.name, sum(p.n) as n from {{ ref('per_shop') }} p join"
                        + " {{ ref('names') }} c on c.shop = p.shop group by c.name");
        stage.run("names");

        stage.await(Role.READER, named, "Anna2 Berta2");
    }
}
