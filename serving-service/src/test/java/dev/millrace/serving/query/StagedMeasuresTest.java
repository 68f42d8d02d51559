package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Measures in stages, beside SQL that a person would write for the same. */
class StagedMeasuresTest {

    private static final TestWarehouse WAREHOUSE = landed();
    private static final Bench BENCH =
            new Bench(
                    WAREHOUSE,
                    """
                    cubes:
                      - name: orders
                        sql_table: shop.orders
                        joins:
                          - {name: customers, relationship: many_to_one, sql: "{CUBE}.customer_id = {customers.id}"}
                        dimensions:
                          - {name: id, sql: id, type: number, primary_key: true}
                          - {name: status, sql: status, type: string}
                          - {name: placed_at, sql: placed_at, type: time}
                          - {name: unit, type: switch, values: [pieces, money]}
                        measures:
                          - {name: count, type: count}
                          - {name: revenue, sql: amount, type: sum}
                          - {name: total, multi_stage: true, sql: "{revenue}", type: sum, group_by: []}
                          - {name: by_country, multi_stage: true, sql: "{revenue}", type: sum, group_by: [customers.country]}
                          - {name: share, multi_stage: true, sql: "round({revenue} / NULLIF({total}, 0), 4)", type: number}
                          - {name: place, multi_stage: true, type: rank, reduce_by: [status], order_by: [{sql: "{revenue}", dir: desc}]}
                          - {name: per_customer, multi_stage: true, type: avg, sql: "{revenue}", add_group_by: [customers.id]}
                          - {name: customers_over_500, multi_stage: true, type: number, sql: "count(*) filter (where {revenue} > 500)", add_group_by: [customers.id]}
                          - {name: last_month, multi_stage: true, type: number, sql: "{revenue}", time_shift: [{time_dimension: placed_at, interval: 1 month}]}
                          - {name: two_months_ago, multi_stage: true, type: number, sql: "{last_month}", time_shift: [{interval: 1 month, type: prior}]}
                          - {name: growth, multi_stage: true, type: number, sql: "{revenue} - {last_month}"}
                          - {name: next_month, multi_stage: true, type: number, sql: "{revenue}", time_shift: [{interval: 1 month, type: next}]}
                          - {name: amount, type: number, multi_stage: true, case: {switch: "{unit}", when: [{value: pieces, sql: "{count}"}, {value: money, sql: "{revenue}"}], else: {sql: "0"}}}
                      - name: customers
                        sql_table: shop.customers
                        joins:
                          - {name: orders, relationship: one_to_many, sql: "{CUBE}.id = {orders}.customer_id"}
                        dimensions:
                          - {name: id, sql: id, type: number, primary_key: true}
                          - {name: country, sql: country, type: string}
                          - {name: orders_count, sql: "{orders.count}", type: number, sub_query: true}
                          - {name: paid_or_more, sql: "{orders.count}", type: number, sub_query: true, propagate_filters_to_sub_query: true}
                          - {name: loyal, type: boolean, sql: "coalesce({orders_count}, 0) > 5"}
                        measures:
                          - {name: count, type: count}
                          - {name: most, type: max, sql: "{orders_count}"}
                          - {name: loyal_count, type: count, filters: [{sql: "{loyal}"}]}
                          - {name: credit, type: sum, sql: credit}
                    """);

    private static TestWarehouse landed() {
        TestWarehouse warehouse = TestWarehouse.create();
        try {
            Shop.of(3).land(warehouse);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return warehouse;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'measures':['orders.total'],'dimensions':['orders.status'] | select status, (select sum(amount) from shop.orders) from shop.orders group by 1
                    'measures':['orders.share'],'dimensions':['orders.status'] | select status, round(sum(amount) / (select sum(amount) from shop.orders), 4) from shop.orders group by 1
                    'measures':['orders.total'] | select sum(amount) from shop.orders
                    'measures':['orders.total','orders.count'],'dimensions':['orders.status'],'filters':[{'member':'orders.status','operator':'equals','values':['paid','open']}] | select status, (select sum(amount) from shop.orders where status in ('paid', 'open')), count(*) from shop.orders where status in ('paid', 'open') group by 1
                    'measures':['orders.by_country'],'dimensions':['customers.country','orders.status'] | select country, status, sum(sum(amount)) over (partition by country) from shop.orders o left join shop.customers c on c.id = o.customer_id group by 1, 2
                    'measures':['orders.place'],'dimensions':['customers.country','orders.status'] | select country, status, rank() over (partition by country order by sum(amount) desc nulls last) from shop.orders o left join shop.customers c on c.id = o.customer_id group by 1, 2
                    'measures':['orders.place'],'dimensions':['orders.status'],'filters':[{'member':'orders.place','operator':'lte','values':['2']}] | select * from (select status, rank() over (order by sum(amount) desc nulls last) r from shop.orders group by 1) x where r <= 2
                    'measures':['orders.per_customer'] | select avg(s) from (select customer_id, sum(amount) s from shop.orders group by 1) x
                    'measures':['orders.per_customer','orders.count'],'dimensions':['orders.status'] | select status, avg(s), sum(n)::bigint from (select status, customer_id, sum(amount) s, count(*) n from shop.orders group by 1, 2) x group by 1
                    'measures':['orders.customers_over_500'],'dimensions':['orders.status'] | select status, count(*) filter (where s > 500) from (select status, customer_id, sum(amount) s from shop.orders group by 1, 2) x group by 1
                    'measures':['orders.last_month'],'timeDimensions':[{'dimension':'orders.placed_at','granularity':'month','dateRange':['2026-03-01','2026-05-31']}] | select to_char(date_trunc('month', placed_at) + interval '1 month', 'YYYY-MM-DD"T00:00:00.000"'), to_char(date_trunc('month', placed_at) + interval '1 month', 'YYYY-MM-DD"T00:00:00.000"'), sum(amount) from shop.orders where placed_at >= '2026-02-01' and placed_at < '2026-05-01' group by 1
                    'measures':['orders.next_month'],'timeDimensions':[{'dimension':'orders.placed_at','granularity':'month','dateRange':['2026-03-01','2026-05-31']}] | select to_char(date_trunc('month', placed_at) - interval '1 month', 'YYYY-MM-DD"T00:00:00.000"'), to_char(date_trunc('month', placed_at) - interval '1 month', 'YYYY-MM-DD"T00:00:00.000"'), sum(amount) from shop.orders where placed_at >= '2026-04-01' and placed_at < '2026-07-01' group by 1
                    'measures':['orders.two_months_ago'],'timeDimensions':[{'dimension':'orders.placed_at','dateRange':['2026-06-01','2026-06-30']}] | select sum(amount) from shop.orders where placed_at >= '2026-04-01' and placed_at < '2026-05-01'
                    'measures':['orders.revenue','orders.last_month','orders.growth'],'timeDimensions':[{'dimension':'orders.placed_at','granularity':'month','dateRange':['2026-06-01','2026-06-30']}] | select '2026-06-01T00:00:00.000', '2026-06-01T00:00:00.000', sum(amount) filter (where placed_at >= '2026-06-01'), sum(amount) filter (where placed_at < '2026-06-01'), sum(amount) filter (where placed_at >= '2026-06-01') - sum(amount) filter (where placed_at < '2026-06-01') from shop.orders where placed_at >= '2026-05-01' and placed_at < '2026-07-01'
                    'measures':['orders.amount'],'dimensions':['orders.unit','orders.status'] | select u, status, case u when 'pieces' then count(*) else sum(amount) end from shop.orders cross join (values ('pieces'), ('money')) x (u) group by 1, 2
                    'measures':['orders.amount'],'dimensions':['orders.status'],'filters':[{'member':'orders.unit','operator':'equals','values':['money']}] | select status, sum(amount) from shop.orders group by 1
                    'measures':['orders.amount'],'dimensions':['orders.unit'],'filters':[{'member':'orders.unit','operator':'notEquals','values':['money']}] | select 'pieces', count(*) from shop.orders
                    'measures':['orders.amount'] | select 0
                    'measures':['customers.count'],'dimensions':['customers.orders_count'] | select n, count(*) from (select c.id, nullif(count(o.id), 0) n from shop.customers c left join shop.orders o on o.customer_id = c.id group by 1) x group by 1
                    'measures':['customers.most','customers.loyal_count'],'dimensions':['customers.country'] | select country, max(n), count(*) filter (where n > 5) from (select c.country, nullif(count(o.id), 0) n from shop.customers c left join shop.orders o on o.customer_id = c.id group by c.id, 1) x group by 1
                    'measures':['customers.count'],'dimensions':['customers.loyal'],'filters':[{'member':'customers.orders_count','operator':'gt','values':['3']}] | select n > 5, count(*) from (select customer_id, count(*) n from shop.orders where customer_id is not null group by 1) x where n > 3 group by 1
                    'measures':['customers.credit','orders.count'],'dimensions':['customers.orders_count'] | select n, sum(credit), sum(m)::bigint from (select c.id, c.credit, nullif(count(o.id), 0) n, count(o.id) m from shop.customers c left join shop.orders o on o.customer_id = c.id group by 1, 2) x group by 1
                    'measures':['customers.count'],'dimensions':['customers.paid_or_more'],'filters':[{'member':'orders.status','operator':'equals','values':['paid']}] | select n, count(*) from (select customer_id, count(*) n from shop.orders where status = 'paid' and customer_id is not null group by 1) x group by 1
                    """)
    void theAnswerIsThatOfSqlWrittenByHand(String query, String sql) throws SQLException {
        assertThat(BENCH.rows("{" + query.replace('\'', '"') + "}"))
                .containsExactlyInAnyOrderElementsOf(byHand(sql));
    }

    private static List<List<String>> byHand(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = WAREHOUSE.connection(Role.READER);
                Statement statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            try (ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        String text = String.valueOf(result.getString(i));
                        row.add(text.equals("t") ? "true" : text.equals("f") ? "false" : text);
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    @Test
    void measuresOfStagesHaveNoRowsOfTheirOwn() {
        assertThatThrownBy(
                        () ->
                                BENCH.rows(
                                        "{\"measures\":[\"orders.share\"],\"dimensions\":[\"orders.id\"],\"ungrouped\":true}"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("'orders.share' is computed over groups");
    }

    @Test
    void oneValueIsChosenOrAllAreShown() {
        assertThatThrownBy(
                        () ->
                                BENCH.rows(
                                        "{\"measures\":[\"orders.amount\"],\"filters\":[{\"member\":\"orders.unit\",\"operator\":\"equals\",\"values\":[\"money\",\"pieces\"]}]}"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining(
                        "'orders.unit' is of type switch: name it under 'dimensions'");
    }
}
