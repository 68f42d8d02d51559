package dev.millrace.transform.materialization.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.LiveForm.Additive;
import dev.millrace.transform.materialization.live.LiveForm.Partial;
import dev.millrace.transform.materialization.live.LiveForm.Recomputed;
import dev.millrace.transform.materialization.live.LiveForm.Refused;
import dev.millrace.transform.materialization.live.LiveInputs.UnfitInputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.LinkedHashMap;
import java.util.Map;

class QueryAnalysisTest {

    private static final Map<RelationName, LiveInput> TABLES = new LinkedHashMap<>();

    static {
        table(
                "web",
                "orders",
                LiveInput.Kind.APPENDED,
                "id",
                "customer_id",
                "amount",
                "region",
                "items");
        table("web", "clicks", LiveInput.Kind.APPENDED, "user_id", "page", "at");
        table("shop", "customers", LiveInput.Kind.KEYED, "id", "region", "name");
        table("shop", "orders", LiveInput.Kind.KEYED, "id", "customer_id", "total", "status");
        table("ref", "rates", LiveInput.Kind.REPLACED, "currency", "rate");
    }

    private static void table(String schema, String name, LiveInput.Kind kind, String... columns) {
        Map<String, String> types = new LinkedHashMap<>();
        types.put("_mr_id", "text");
        types.put("_mr_event_at", "timestamp with time zone");
        for (String column : columns) {
            types.put(column, "text");
        }
        RelationName relation = new RelationName(schema, name);
        TABLES.put(
                relation,
                new LiveInput(
                        relation, kind, kind == LiveInput.Kind.KEYED ? "_mr_id" : null, types));
    }

    private static LiveForm form(String sql) {
        return QueryAnalysis.of(
                sql,
                relation -> {
                    LiveInput input = TABLES.get(relation);
                    if (input == null) {
                        throw new UnfitInputException(relation + " is no table");
                    }
                    return input;
                });
    }

    private static Additive additive(String sql) {
        LiveForm form = form(sql);
        assertThat(form).as(sql).isInstanceOf(Additive.class);
        return (Additive) form;
    }

    private static Recomputed recomputed(String sql) {
        LiveForm form = form(sql);
        assertThat(form).as(sql).isInstanceOf(Recomputed.class);
        return (Recomputed) form;
    }

    private static Refused refused(String sql) {
        LiveForm form = form(sql);
        assertThat(form).as(sql).isInstanceOf(Refused.class);
        return (Refused) form;
    }

    @Test
    void sumsOverNewRowsAreAdditive() {
        Additive form =
                additive(
                        """
                        select date_trunc('minute', _mr_event_at) as minute, region, count(*) as n,
                          sum(amount) as total, avg(amount) as mean, min(amount), max(amount)
                        from web.orders group by 1, region
                        """);

        assertThat(form.keys()).containsExactly("minute", "region");
        assertThat(form.partials())
                .containsExactly(
                        Partial.COUNT, Partial.SUM, Partial.COUNT, Partial.MIN, Partial.MAX);
        assertThat(form.outputs())
                .containsExactly(
                        "k0", "k1", "p0", "p1", "(p1::numeric / nullif(p2, 0))", "p3", "p4");
        assertThat(form.delta())
                .isEqualTo(
                        "SELECT date_trunc('minute', _mr_event_at) AS k0, region AS k1, count(*) AS"
                            + " p0, sum(amount) AS p1, count(amount) AS p2, min(amount) AS p3,"
                            + " max(amount) AS p4 FROM mr$input$0$ AS \"orders\" GROUP BY 1, 2");
        assertThat(form.query().keys()).containsExactly("minute", "region");
        assertThat(form.query().buckets())
                .containsExactly(new LiveQuery.Bucket(0, 0, "_mr_event_at", "1 minute"));
    }

    @Test
    void groupsMayBeNamedByOrdinalAliasOrExpression() {
        for (String by :
                new String[] {
                    "1",
                    "minute",
                    "date_trunc('minute', _mr_event_at)",
                    "date_trunc('minute', o._mr_event_at)",
                    "(o._mr_event_at)"
                }) {
            String key = by.startsWith("(") ? "_mr_event_at" : "date_trunc('minute', _mr_event_at)";
            Additive form =
                    additive(
                            "select %s as minute, count(*) as n from web.orders o group by %s"
                                    .formatted(key, by));
            assertThat(form.keys()).as(by).containsExactly("minute");
        }
    }

    @Test
    void aColumnOfTheTableComesBeforeAnAliasOfTheSameName() {
        // PostgreSQL groups by the column here, which then is not among the outputs.
        assertThat(
                        refused(
                                        "select upper(region) || 'x' as region2, count(*) from"
                                                + " web.orders o group by id")
                                .reason())
                .contains("none of its columns tells");
        assertThat(
                        recomputed(
                                        "select upper(region) as id, region, count(*) from"
                                                + " web.orders group by region, id")
                                .whyNotAdditive())
                .contains("not all that it groups by");
    }

    @Test
    void expressionsOverAggregatesFiltersAndHavingStayAdditive() {
        Additive form =
                additive(
                        """
                        select o.region, count(*) filter (where amount > 0) as paid,
                          round(sum(amount) / nullif(count(*), 0), 2) as mean,
                          case when max(amount) > 9 then 'big' else o.region end as size
                        from web.orders o where id <> 'x' group by o.region
                        having count(*) > 3 and avg(amount) filter (where amount > 1) < 7
                        order by 2
                        """);

        assertThat(form.outputs().get(1)).isEqualTo("p0");
        assertThat(form.outputs().get(2)).isEqualTo("round(p1 / nullif(p2, 0), 2)");
        assertThat(form.outputs().get(3)).isEqualTo("CASE WHEN p3 > 9 THEN 'big' ELSE k0 END");
        assertThat(form.having()).isEqualTo("p2 > 3 AND (p4::numeric / nullif(p5, 0)) < 7");
        assertThat(form.delta()).doesNotContain("HAVING").doesNotContain("ORDER BY");
        assertThat(form.query().full()).contains("HAVING").doesNotContain("ORDER BY");
    }

    @Test
    void oneGroupOfAllRowsIsAdditive() {
        Additive form = additive("select count(*) as n, sum(amount) from web.orders");

        assertThat(form.keys()).isEmpty();
        assertThat(form.query().keys()).isEmpty();
        assertThat(form.delta()).doesNotContain("GROUP BY");
    }

    @Test
    void changesOfAJoinedTableAreTracedToGroups() {
        Additive form =
                additive(
                        """
                        select c.region, date_bin('5 minutes', o._mr_event_at, '2020-01-01') as b, sum(amount)
                        from web.orders o join shop.customers c on c.id = o.customer_id
                        where c.name <> 'test' group by 1, 2
                        """);

        assertThat(form.fact()).isZero();
        assertThat(form.query().touched().get(1))
                .isEqualTo(
                        "SELECT DISTINCT c.region AS k0, date_bin('5 minutes', o._mr_event_at,"
                            + " '2020-01-01') AS k1 FROM mr$input$0$ o JOIN mr$input$1$ c ON c.id ="
                            + " o.customer_id WHERE c.name <> 'test'");
        assertThat(form.query().buckets())
                .containsExactly(new LiveQuery.Bucket(1, 0, "_mr_event_at", "5 minutes"));
    }

    @Test
    void whatALeftJoinMayLeaveEmptyIsNoKeyToFindGroupsBy() {
        Additive form =
                additive(
                        """
                        select date_trunc('day', o._mr_event_at) as day, c.region, count(*)
                        from web.orders o left join shop.customers c on c.id = o.customer_id
                        where c.name is null group by 1, 2
                        """);

        assertThat(form.keys()).containsExactly("day", "region");
        assertThat(form.query().keys()).containsExactly("day");
        // A row of customers counts where it has partners; the condition may have left them out.
        assertThat(form.query().touched().get(1))
                .contains("o INNER JOIN mr$input$1$ c ON")
                .doesNotContain("WHERE");
        assertThat(form.query().touched().get(0)).contains("LEFT JOIN").doesNotContain("WHERE");
    }

    @Test
    void commonTableExpressionsAndSubQueriesAreFollowed() {
        Additive form =
                additive(
                        """
                        with src as (select * from "web"."orders"),
                        renamed (order_id, minute, amount) as (
                          select id, date_trunc('minute', _mr_event_at), amount from src)
                        select r.minute, count(*) as n from renamed as r group by r.minute
                        """);

        assertThat(form.delta())
                .isEqualTo(
                        "SELECT r.minute AS k0, count(*) AS p0 FROM (SELECT id,"
                            + " date_trunc('minute', _mr_event_at), amount FROM (SELECT * FROM"
                            + " mr$input$0$ AS \"orders\") AS src) AS r(order_id, minute, amount)"
                            + " GROUP BY 1");
        assertThat(form.query().buckets())
                .containsExactly(new LiveQuery.Bucket(0, 0, "_mr_event_at", "1 minute"));
    }

    @Test
    void functionsOfARowMakeHoppingWindows() {
        Additive form =
                additive(
                        """
                        select w.start, count(*) as n from web.orders o
                        cross join lateral generate_series(
                          date_bin('1 minute', o._mr_event_at - interval '4 minutes', '2000-01-01'),
                          o._mr_event_at, interval '1 minute') as w(start)
                        group by w.start
                        """);

        assertThat(form.query().keys()).containsExactly("start");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select region, count(distinct id) from web.orders group by region",
                "select region, sum(distinct amount) from web.orders group by region",
                "select region, percentile_cont(0.5) within group (order by amount) from web.orders"
                        + " group by 1",
                "select region, string_agg(id, ',' order by id) from web.orders group by 1",
                "select region, stddev(amount) as s from web.orders group by 1",
                "select region, bool_or(amount > 1) filter (where id > 0) from web.orders group by"
                        + " 1",
                "select distinct region from web.orders",
                "select distinct on (region) region, id from web.orders order by region, id",
                "select status, count(*) from shop.orders group by status",
                "select o.status, max(c.name) from shop.orders o join shop.customers c on c.id ="
                        + " o.customer_id group by 1",
                "select a.region, count(*) from web.orders a join web.orders b on a.id = b.id group"
                        + " by 1",
                "select o.region, count(*) from web.orders o join web.clicks c on c.user_id = o.id"
                        + " group by 1",
                "select c.region, count(o.id) from shop.customers c left join web.orders o on"
                        + " o.customer_id = c.id group by 1",
                "select user_id, page, row_number() over (partition by user_id order by at) from"
                        + " web.clicks",
                "select upper(region) as r, count(*) from web.orders group by region",
            })
    void otherGroupsAreRecomputed(String sql) {
        assertThat(recomputed(sql).query().keys()).isNotEmpty();
    }

    @Test
    void sessionsAreRecomputedForEachUser() {
        Recomputed form =
                recomputed(
                        """
                        with marked as (
                          select user_id, at, case when at - lag(at) over (partition by user_id order by at)
                            < interval '30 minutes' then 0 else 1 end as begins from web.clicks),
                        numbered as (
                          select user_id, at, sum(begins) over (partition by user_id order by at) as session
                          from marked)
                        select user_id, session, min(at) as began, count(*) as n
                        from numbered where session > 0 group by user_id, session
                        """);

        assertThat(form.query().keys()).containsExactly("user_id");
        assertThat(form.query().touched().getFirst())
                .isEqualTo(
                        "SELECT DISTINCT user_id AS k0 FROM (SELECT user_id AS \"user_id\" FROM"
                            + " (SELECT user_id AS \"user_id\" FROM mr$input$0$ AS \"clicks\") AS"
                            + " marked) AS numbered");
    }

    @Test
    void groupsOfGroupsAreRecomputedByWhatTheyShare() {
        Recomputed form =
                recomputed(
                        """
                        select region, avg(n) from (
                          select region, id, count(*) as n from web.orders group by region, id) q
                        where n > 2 group by region
                        """);

        assertThat(form.query().keys()).containsExactly("region");
        assertThat(form.query().touched().getFirst())
                .isEqualTo(
                        "SELECT DISTINCT region AS k0 FROM (SELECT region AS \"region\", id AS"
                                + " \"id\" FROM mr$input$0$ AS \"orders\") q");
    }

    @Test
    void theLatestRowOfEachIsRecomputed() {
        Recomputed form =
                recomputed(
                        """
                        select * from (select c.*, row_number() over w as rn from web.clicks c
                          window w as (partition by c.user_id order by c.at desc)) q where rn = 1
                        """);

        assertThat(form.query().keys()).containsExactly("user_id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select region, count(*) from web.orders group by region limit ^3",
                "select region, ^now() as t, count(*) from web.orders group by 1",
                "select region, count(*) from web.orders where _mr_event_at > ^current_date group"
                        + " by 1",
                "select region, count(*) from web.orders where _mr_event_at > ^'today'::date group"
                        + " by 1",
                "select region, ^random() from web.orders group by 1",
                "select region, count(*) filter (where ^age(_mr_event_at) > '1 d') from web.orders"
                        + " group by 1",
                "select region, ^current_user, count(*) from web.orders group by 1",
                "select region, ^array_agg(id) from web.orders group by 1",
                "select ^pg_backend_pid(), count(*) from web.orders group by 1",
                "select ^pg_catalog.now(), count(*) from web.orders group by 1",
                "select region, count(*) from ^nowhere group by 1",
                "select region, count(*) from ^web.missing group by 1",
                "select c.region, count(*) from web.orders o right join ^shop.customers c on true"
                        + " group by 1",
                "select c.region, count(*) from web.orders o full join ^shop.customers c on true"
                        + " group by 1",
                "select region, count(*) from web.orders natural join ^shop.customers group by 1",
                "select region, sum(x) ^over (1) from web.orders",
            })
    void whatIsRefusedIsShown(String marked) {
        int at = marked.indexOf('^');
        String sql = marked.replace("^", "");
        Refused refused = refused(sql);
        assertThat(refused.reason()).isNotBlank();
        if (!marked.contains("limit") && !marked.contains("over (1)")) {
            assertThat(refused.position())
                    .as(sql + ": " + refused.reason())
                    .isEqualTo(marked.contains("pg_catalog") ? at + 11 : at);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select count(distinct id) from web.orders",
                "select count(*) from shop.orders",
                "select id, upper(region) from web.orders",
                "select id, row_number() over (order by id) from web.orders",
                "select id, sum(amount) over (partition by region), rank() over (partition by id)"
                        + " from web.orders",
                "select n, count(*) from (select id, count(*) as n from web.orders group by id) q"
                        + " group by n",
                "select count(*), 'x' as label from web.orders group by region || 'x', 2",
                "select region, count(*) from web.orders group by rollup (region)",
                "select region, count(*) from web.orders group by grouping sets ((region), ())",
                "select region from web.orders union all select region from web.orders",
                "with recursive x as (select 1 as a union all select a + 1 from x) select a,"
                        + " count(*) from x group by 1",
                "with x as (delete from web.orders returning *) select region, count(*) from x"
                        + " group by 1",
                "select region, count(*) from web.orders where id in (select id from shop.orders)"
                        + " group by 1",
                "select region, (select max(rate) from ref.rates) from web.orders group by 1",
                "select region, count(*) from web.orders where exists (select from shop.orders)"
                        + " group by 1",
                "select region, count(*) from (select * from web.orders limit 10) q group by 1",
                "select region, count(*) from web.orders tablesample system (1) group by 1",
                "select q.n, count(*) from web.orders o join (select region, count(*) as n from"
                        + " web.orders group by 1) q on q.n = o.amount group by 1",
                "select c.region, count(distinct o.id) from web.orders o left join shop.customers c"
                        + " on c.id = o.customer_id group by 1",
                "select distinct on (region) region, id from web.orders",
                "select 1",
                "select count(*) from (values (1)) v(x)",
                "delete from web.orders",
                "select region, count(*) from web.orders group by 1; drop table web.orders",
                "not even sql",
                "",
                "select region, count(*) from web.orders, lateral (select 1) s group by 1",
                "select web.orders.region, count(*) from web.orders group by 1",
            })
    void whatCannotBeFollowedIsRefused(String sql) {
        assertThat(refused(sql).reason()).isNotBlank();
    }

    @Test
    void whichRowIsTheFirstIsNotForgotten() {
        String sql = "select distinct on (region) region, id from web.orders order by region, id";

        assertThat(recomputed(sql).query().full()).endsWith("ORDER BY region, id");
        assertThat(
                        recomputed("select distinct region from web.orders order by 1")
                                .query()
                                .touched())
                .containsExactly("SELECT DISTINCT region AS k0 FROM mr$input$0$ AS \"orders\"");
    }

    @Test
    void textAndCommentsAreNoFunctions() {
        additive(
                "select 'now()' as x, region, count(*) as n /* random() */ from web.orders group by"
                        + " region -- now()");
        additive("select region as \"now\", count(*) from web.orders group by 1");
        additive("select region, count(*) as now from web.orders group by 1");
    }

    @Test
    void aReasonSaysWhatToDoInstead() {
        assertThat(refused("select id, upper(region) from web.orders").reason())
                .isEqualTo(
                        "each of its rows comes from one row of what it reads; make it a view,"
                                + " which is never behind");
        assertThat(
                        refused(
                                        "select region, count(*) from web.orders o full join"
                                                + " shop.customers c using (id) group by 1")
                                .reason())
                .isEqualTo("FULL JOIN is not followed; write it as LEFT JOIN from the other side");
    }
}
