package dev.millrace.transform.materialization.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.transform.materialization.Build;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

class LiveModelsTest {

    private static final String PER_MINUTE =
            """
            select date_trunc('minute', _mr_event_at) as minute, region, count(*) as n,
              sum(amount) as total, avg(amount) as mean, min(amount) as least, max(amount) as most
            from web.orders group by 1, 2 having sum(amount) > 0
            """;

    private LiveStage stage;

    @BeforeEach
    void tables() throws SQLException {
        stage = new LiveStage();
        stage.appended("web.orders", "customer text, region text, amount numeric");
        stage.keyed("shop.customers", "name text, region text");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static String order(int id, String at, String customer, String region, String amount) {
        return "'%d', '2026-01-01 %s+00', $at, %s, %s, %s"
                .formatted(id, at, customer, region, amount);
    }

    @Test
    void sumsFollowNewRowsLateOnesToo() throws SQLException {
        stage.land("web.orders", order(1, "10:00:01", "'a'", "'x'", "1.10"));
        stage.register("per_minute", PER_MINUTE);
        stage.awaitSame("per_minute");

        stage.land(
                "web.orders",
                order(2, "10:00:59", "'a'", "'x'", "2"),
                order(3, "10:01:00", "'a'", "null", "-5"),
                order(4, "10:01:00", "'b'", "'x'", "null"));
        stage.land("web.orders", order(5, "09:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        // A group that HAVING has not yet, and one that it has no longer.
        stage.land(
                "web.orders",
                order(6, "10:01:01", "'a'", "null", "7"),
                order(7, "10:00:00", "'a'", "'x'", "-100"));
        stage.awaitSame("per_minute");

        assertThat(stage.status("per_minute").state()).isEqualTo(LiveStatus.State.FOLLOWING);
        assertThat(stage.rows("select * from marts.per_minute")).hasSize(2);
        assertThat(stage.status("per_minute").form()).isEqualTo("new rows are added to its groups");
    }

    @Test
    void theTableHasTheQuerysColumnsAndTypesAndReadersSeeNothingElse() throws Exception {
        stage.register("per_minute", PER_MINUTE);
        stage.awaitSame("per_minute");
        stage.warehouse.execute(Role.MODELS, "create view marts.given as " + PER_MINUTE);

        String columns =
                """
                select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
                from pg_attribute where attrelid = 'marts.%s'::regclass and attnum > 0
                """;
        assertThat(stage.rows(columns.formatted("per_minute")))
                .isEqualTo(stage.rows(columns.formatted("given")));
        stage.warehouse.execute(Role.READER, "select * from marts.per_minute");
        assertThatThrownBy(
                        () ->
                                stage.warehouse.execute(
                                        Role.READER, "select * from millrace_live.cursor"))
                .hasMessageContaining("permission denied for schema millrace_live");
        assertThat(
                        stage.rows(
                                "select relname from pg_class where relnamespace ="
                                        + " 'marts'::regnamespace and relkind = 'r'"))
                .containsExactly("(per_minute)");
    }

    private String protection() {
        return stage.rows(
                        """
                        select relrowsecurity, (
                          select count(*) from pg_policy where polrelid = c.oid and polname = 'millrace_tenant'),
                          has_table_privilege('millrace_reader', c.oid, 'SELECT')
                        from pg_class c where oid = 'marts.by_customer'::regclass
                        """)
                .toString();
    }

    private void register(String query, Build.Tenancy tenancy) throws Exception {
        stage.live.register(
                new LiveModel(
                        "by_customer",
                        LiveStage.name("by_customer"),
                        query,
                        Build.Options.NONE.with(tenancy)));
        await().until(() -> stage.status("by_customer").state() == LiveStatus.State.FOLLOWING);
    }

    @Test
    void readersSeeATableByTenantAndKeepToThatWhenItIsBuiltAnew() throws Exception {
        stage.execute("select millrace.separate_tenants('web.orders', 'customer')");
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        register(
                "select customer, sum(amount) as total from web.orders group by 1",
                Build.Tenancy.separate("customer"));
        assertThat(protection()).isEqualTo("[(t,1,t)]");
        assertThat(stage.rows("select * from marts.by_customer")).containsExactly("(a,3)");

        stage.land("web.orders", order(2, "10:00:00", "'b'", "'x'", "4"));
        register(
                "select customer, count(*) as n from web.orders group by 1",
                Build.Tenancy.separate("customer"));
        await().untilAsserted(
                        () ->
                                assertThat(stage.rows("select * from marts.by_customer"))
                                        .containsExactlyInAnyOrder("(a,1)", "(b,1)"));
        assertThat(protection()).isEqualTo("[(t,1,t)]");

        register(
                "select customer, max(amount) as n from web.orders group by 1",
                Build.Tenancy.WITHHELD);
        await().untilAsserted(() -> assertThat(protection()).isEqualTo("[(t,0,f)]"));
    }

    @Test
    void oneGroupOfAllRowsFollows() throws SQLException {
        stage.register(
                "all_orders", "select count(*) as n, sum(amount), avg(amount) from web.orders");
        stage.awaitSame("all_orders");
        assertThat(stage.rows("select * from marts.all_orders")).containsExactly("(0,,)");

        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("all_orders");
    }

    @Test
    void aJoinedTableThatChangesHasItsGroupsComputedAnew() throws SQLException {
        stage.change(
                "shop.customers",
                List.of("a", "b"),
                "insert into shop.customers values ('a', '2026-01-01', $at, '{1}', 'Ada', 'north'),"
                        + " ('b', '2026-01-01', $at, '{1}', 'Bo', null)");
        stage.register(
                "by_region",
                """
                select c.region, date_trunc('hour', o._mr_event_at) as hour, count(*) as n, sum(o.amount) as total
                from web.orders o join shop.customers c on c._mr_id = o.customer group by 1, 2
                """);
        stage.register(
                "by_hour_left",
                """
                select date_trunc('hour', o._mr_event_at) as hour, c.region, count(*) as n
                from web.orders o left join shop.customers c on c._mr_id = o.customer group by 1, 2
                """);
        stage.register(
                "regions_left",
                """
                select c.region, count(*) as n
                from web.orders o left join shop.customers c on c._mr_id = o.customer group by 1
                """);
        stage.land(
                "web.orders",
                order(1, "10:00:00", "'a'", "'x'", "1"),
                order(2, "10:00:00", "'b'", "'x'", "2"),
                order(3, "11:00:00", "'c'", "'x'", "4"));
        everyRegion();

        stage.change(
                "shop.customers",
                List.of("b"),
                "update shop.customers set region = 'south', _mr_loaded_at = $at where _mr_id ="
                        + " 'b'");
        everyRegion();
        stage.change(
                "shop.customers",
                List.of("c", "a"),
                "insert into shop.customers values ('c', '2026-01-01', $at, '{1}', 'Cy', 'south')",
                "delete from shop.customers where _mr_id = 'a'");
        everyRegion();
        try (LiveStage.Landing both = stage.new Landing()) {
            both.add("web.orders", order(4, "11:00:00", "'c'", "'x'", "8"))
                    .change(
                            "shop.customers",
                            List.of("c"),
                            "update shop.customers set region = 'east' where _mr_id = 'c'")
                    .commit();
        }
        everyRegion();
        // Nobody tells which rows.
        stage.changeUnnoted("shop.customers", "update shop.customers set region = 'west'");
        everyRegion();
        stage.changeUnnoted("shop.customers", "truncate shop.customers");
        everyRegion();
    }

    private void everyRegion() {
        stage.awaitSame("by_region");
        stage.awaitSame("by_hour_left");
        stage.awaitSame("regions_left");
    }

    @Test
    void groupsOfRowsThatChangeAreComputedAnew() throws SQLException {
        stage.register(
                "customers_by_region",
                "select region, count(*) as n, string_agg(name, ',' order by name) as names from"
                        + " shop.customers group by region");
        stage.change(
                "shop.customers",
                List.of("a", "b"),
                "insert into shop.customers values ('a', '2026-01-01', $at, '{1}', 'Ada', 'north'),"
                        + " ('b', '2026-01-01', $at, '{1}', 'Bo', null)");
        stage.awaitSame("customers_by_region");
        stage.change(
                "shop.customers",
                List.of("a", "b"),
                "update shop.customers set region = 'south' where _mr_id = 'b'",
                "delete from shop.customers where _mr_id = 'a'");
        stage.awaitSame("customers_by_region");

        assertThat(stage.rows("select * from marts.customers_by_region"))
                .containsExactly("(south,1,Bo)");
    }

    @Test
    void sessionsAndLatestRowsAndMediansFollow() throws SQLException {
        stage.register(
                "sessions",
                """
                with marked as (
                  select customer, _mr_event_at as at, case when _mr_event_at - lag(_mr_event_at)
                    over (partition by customer order by _mr_event_at, _mr_id) < interval '30 minutes'
                    then 0 else 1 end as begins from web.orders),
                numbered as (
                  select customer, at, sum(begins) over (partition by customer order by at) as session
                  from marked)
                select customer, session, min(at) as began, count(*) as n
                from numbered group by customer, session
                """);
        stage.register(
                "latest",
                """
                select * from (select o.customer, o.amount, row_number() over (
                  partition by customer order by _mr_event_at desc, _mr_id) as rn from web.orders o) q
                where rn = 1
                """);
        stage.register(
                "medians",
                "select date_bin('5 minutes', _mr_event_at, '2026-01-01') as b,"
                        + " percentile_disc(0.5) within group (order by amount) as median,"
                        + " count(distinct customer) from web.orders group by 1");
        stage.register(
                "hops",
                """
                select w.start, count(*) as n, sum(amount) from web.orders o
                cross join lateral generate_series(
                  date_bin('1 minute', o._mr_event_at - interval '4 minutes', '2000-01-01'),
                  o._mr_event_at, interval '1 minute') as w(start)
                group by w.start
                """);
        for (int i = 0; i < 40; i++) {
            stage.land(
                    "web.orders",
                    order(
                            i,
                            "%02d:%02d:00".formatted(i * 7 % 24, i * 13 % 60),
                            "'c%d'".formatted(i % 3),
                            "'x'",
                            String.valueOf(i)));
        }
        stage.awaitSame("sessions");
        stage.awaitSame("latest");
        stage.awaitSame("medians");
        stage.awaitSame("hops");
    }

    @Test
    void aModelThatFailsFallsBehindAloneAndSaysSo() throws SQLException {
        stage.register("per_minute", PER_MINUTE);
        stage.register(
                "ratios",
                "select region, sum(amount) / sum(amount - 1) as ratio from web.orders group by 1");
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("ratios");
        stage.land("web.orders", order(2, "10:00:00", "'a'", "'x'", "-1"));
        stage.land("web.orders", order(3, "10:00:00", "'a'", "'y'", "5"));

        stage.awaitState("ratios", LiveStatus.State.FAILING);
        stage.awaitSame("per_minute");
        assertThat(stage.status("ratios").message()).startsWith("division by zero");
        assertThat(stage.rows("select region from marts.ratios")).containsExactly("(x)");
        await().until(() -> stage.status("ratios").behind().compareTo(Duration.ofMillis(50)) > 0);
        assertThat(
                        stage.meters
                                .get("millrace.live.failing")
                                .tag("relation", "marts.ratios")
                                .gauge()
                                .value())
                .isEqualTo(1);
        assertThat(
                        stage.meters
                                .get("millrace.live.failing")
                                .tag("relation", "marts.per_minute")
                                .gauge()
                                .value())
                .isZero();
        assertThat(
                        stage.meters
                                .get("millrace.live.lag.seconds")
                                .tag("relation", "marts.ratios")
                                .gauge()
                                .value())
                .isPositive();
        await().until(
                        () ->
                                stage.told.stream()
                                        .filter(e -> e.relation().equals("marts.ratios"))
                                        .map(DatasetChanged::failedChecks)
                                        .anyMatch(
                                                f ->
                                                        f.toString()
                                                                .startsWith(
                                                                        "[live: division by"
                                                                                + " zero")));

        stage.land("web.orders", order(4, "10:00:00", "'a'", "'x'", "4"));
        stage.awaitSame("ratios");
        stage.awaitState("ratios", LiveStatus.State.FOLLOWING);
        assertThat(stage.status("ratios").message()).isNull();
        assertThat(
                        stage.meters
                                .get("millrace.live.failures")
                                .tag("relation", "marts.ratios")
                                .counter()
                                .count())
                .isPositive();
    }

    @Test
    void anotherProcessGoesOnWhereOneEnded() throws SQLException {
        stage.register("per_minute", PER_MINUTE);
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        List<String> before = stage.rows("select 'marts.per_minute'::regclass::oid");
        stage.live.stop();
        stage.land("web.orders", order(2, "10:00:00", "'a'", "'x'", "3"));
        stage.restart();

        stage.awaitSame("per_minute");
        assertThat(stage.rows("select 'marts.per_minute'::regclass::oid")).isEqualTo(before);
    }

    @Test
    void ofTwoProcessesOneHasTheModelAndTheOtherTakesOver() throws Exception {
        stage.register("per_minute", PER_MINUTE);
        stage.awaitState("per_minute", LiveStatus.State.FOLLOWING);
        LiveModels second = stage.begin(LiveStage.FAST);
        second.register(new LiveModel("per_minute", LiveStage.name("per_minute"), PER_MINUTE));
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        assertThat(second.status("per_minute").orElseThrow().state())
                .isEqualTo(LiveStatus.State.WAITING);

        stage.live.stop();
        stage.land("web.orders", order(2, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        assertThat(second.status("per_minute").orElseThrow().rounds()).isPositive();
        second.stop();
    }

    @Test
    void aTableIsBuiltAnewWithoutAGapForItsReaders() throws Exception {
        stage.register("per_minute", PER_MINUTE);
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        List<String> before = stage.rows("select 'marts.per_minute'::regclass::oid");
        // Somebody has spoilt it.
        stage.warehouse.execute(Role.MODELS, "update marts.per_minute set n = 7");
        stage.warehouse.execute(
                Role.MODELS, "create view marts.reader as select n from marts.per_minute");

        stage.live.refresh("per_minute");

        await().until(() -> !stage.rows("select 'marts.per_minute'::regclass::oid").equals(before));
        stage.awaitSame("per_minute");
        assertThat(stage.rows("select n from marts.reader")).containsExactly("(1)");
        stage.land("web.orders", order(2, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        await().until(
                        () ->
                                stage.rows("select count(*) from millrace_live.model")
                                                .equals(List.of("(1)"))
                                        && stage.rows(
                                                                "select relname from pg_class where"
                                                                    + " relkind = 'r' and"
                                                                    + " relnamespace ="
                                                                    + " 'millrace_live'::regnamespace"
                                                                    + " and relname like 'state%'")
                                                        .size()
                                                == 1);
    }

    @Test
    void whatNobodyWroteDownHasTheTableBuiltAnew() throws SQLException {
        stage.register("per_minute", PER_MINUTE);
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        stage.changeUnnoted("web.orders", "delete from web.orders");
        stage.awaitSame("per_minute");
        stage.execute("drop table web.orders");
        stage.appended("web.orders", "customer text, region text, amount numeric");
        stage.land("web.orders", order(1, "12:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        assertThat(stage.rows("select * from marts.per_minute")).hasSize(1);
    }

    @Test
    void twoBatchesOfOneMomentCountOnceEach() throws SQLException {
        stage.register("per_minute", PER_MINUTE);
        stage.register("all_orders", "select count(*) as n, sum(amount) from web.orders");
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        String moment = stage.rows("select max(_mr_loaded_at) from web.orders").getFirst();
        String at = moment.substring(2, moment.length() - 2);
        try (LiveStage.Landing landing =
                stage
                .new Landing(
                        java.time.OffsetDateTime.parse(at.replace(' ', 'T') + ":00").toInstant())) {
            landing.add("web.orders", order(2, "10:00:00", "'a'", "'x'", "5")).commit();
        }
        stage.awaitSame("per_minute");
        stage.awaitSame("all_orders");
        assertThat(stage.rows("select n from marts.per_minute")).containsExactly("(2)");
    }

    @Test
    void aModelWithAnotherQueryTakesThePlaceOfTheOne() throws SQLException {
        stage.register("per_minute", PER_MINUTE);
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        stage.register("per_minute", "select region, count(*) as n from web.orders group by 1");
        stage.awaitSame("per_minute");
        stage.live.unregister("per_minute");

        assertThat(stage.rows("select * from marts.per_minute")).containsExactly("(x,1)");
        assertThat(stage.rows("select count(*) from millrace_live.model")).containsExactly("(0)");
        assertThat(stage.live.status("per_minute")).isEmpty();
    }

    @Test
    void whatNobodyHasAnyMoreIsForgotten() throws SQLException {
        stage.register("per_minute", PER_MINUTE);
        stage.register("gone", "select region, count(*) as n from web.orders group by 1");
        stage.awaitSame("gone");
        stage.awaitSame("per_minute");
        stage.live.stop();
        stage.live = stage.begin(LiveStage.FAST);
        stage.register("per_minute", PER_MINUTE);

        stage.live.keepOnly(Set.of("per_minute"));

        assertThat(stage.rows("select model from millrace_live.model"))
                .containsExactly("(per_minute)");
        assertThat(stage.rows("select * from marts.gone")).isEmpty();
        stage.land("web.orders", order(1, "10:00:00", "'a'", "'x'", "3"));
        stage.awaitSame("per_minute");
        assertThat(stage.rows("select * from marts.gone")).isEmpty();
    }

    @Test
    void floatingPointSumsAreComputedAnew() throws Exception {
        stage.appended("web.points", "g text, x double precision");

        assertThat(stage.live.check("select g, sum(x) from web.points group by g"))
                .contains("sums of double precision cannot be merged");
        assertThatThrownBy(() -> stage.live.check("select sum(x) from web.points"))
                .isInstanceOf(LiveRefusedException.class)
                .hasMessageContaining("cast to numeric");
    }

    @Test
    void whatOnlyTheCatalogKnowsIsRefused() throws SQLException {
        stage.warehouse.execute(
                Role.MODELS,
                """
                create schema f;
                create function f.fickle(text) returns text language sql as 'select $1';
                create function f.stable(text) returns text language sql stable as 'select $1';
                create function f.fixed(text) returns text language sql immutable as 'select $1';
                create aggregate f.total(numeric) (sfunc = numeric_add, stype = numeric);
                create operator f.### (leftarg = text, rightarg = text, function = textcat);
                create view f.orders as select * from web.orders;
                """);
        for (String sql :
                List.of(
                        "select f.fickle(region) as r, count(*) from web.orders group by 1",
                        "select f.stable(region) as r, count(*) from web.orders group by 1",
                        "select region, f.total(amount) from web.orders group by 1",
                        "select region, unnest(array[1, 2]) as u, count(*) from web.orders group by"
                                + " 1, 2",
                        "select region, count(*) from f.orders group by 1",
                        "select relname, count(*) from pg_catalog.pg_class group by 1",
                        "select region, count(*) from millrace_live.missing group by 1")) {
            assertThatThrownBy(() -> stage.live.check(sql))
                    .as(sql)
                    .isInstanceOfAny(LiveRefusedException.class, SQLException.class);
        }
        assertThatThrownBy(
                        () -> stage.live.check("select regin, count(*) from web.orders group by 1"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("column \"regin\" does not exist");
    }
}
