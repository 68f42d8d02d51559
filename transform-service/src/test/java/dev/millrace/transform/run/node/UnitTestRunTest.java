package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

class UnitTestRunTest {

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void shop() throws SQLException {
        stage.execute(
                """
                create schema web;
                create table web.orders (id int, customer varchar(5), price numeric(10,2), at timestamp, "Paid" boolean);
                create schema analytics;
                create table analytics.customers (customer text, tags text[], extra jsonb)
                """);
        stage.file(
                "models/web.yml",
                "sources: [{name: web, schema: web, tables: [{name: orders}]}]\n");
        stage.file(
                "models/customers.sql",
                "select 'a' as customer, array['x'] as tags, '{}'::jsonb as extra");
        stage.file(
                "models/totals.sql",
                """
                select customer, count(*) as orders, sum(price) as total, {{ var('rate', 2) }} as rate
                from {{ source('web', 'orders') }} join {{ ref('customers') }} using (customer)
                group by customer
                """);
    }

    private void test(String body) {
        stage.file(
                "models/totals.yml",
                "unit_tests:\n  - name: adds_up\n    model: totals\n" + body.indent(4));
    }

    private NodeOutcome run() throws SQLException {
        return stage.runOne("adds_up");
    }

    @Test
    void theModelIsRunOnTheGivenRows() throws SQLException {
        test(
                """
                given:
                  - input: source('web', 'orders')
                    rows:
                      - {id: 1, customer: ann, price: 2.50}
                      - {id: 2, customer: ann, price: 3}
                      - {customer: bob, price: null, at: 2026-01-01, Paid: true}
                  - input: ref('customers')
                    rows: [{customer: ann}, {customer: bob, tags: "{a,b}", extra: '{"a": "it''s"}'}]
                expect:
                  rows:
                    - {customer: bob, total: null}
                    - {customer: ann, total: 5.5}
                """);

        assertThat(run()).isEqualTo(NodeOutcome.tested(NodeStatus.PASS, 0, null));
        assertThat(stage.compiled("unit_test.shop.totals.adds_up"))
                .contains("__dbt__cte__orders", "__dbt__cte__customers");
    }

    @Test
    void whatDiffersIsShownInATable() throws SQLException {
        test(
                """
                given:
                  - input: source('web', 'orders')
                    rows: [{customer: ann, price: 1}, {customer: bob, price: 1}]
                  - {input: ref('customers'), rows: [{customer: ann}, {customer: bob}]}
                expect: {rows: [{customer: ann, orders: 2}, {customer: eve, orders: 4}]}
                """);

        assertThat(run())
                .isEqualTo(
                        NodeOutcome.tested(
                                NodeStatus.FAIL,
                                1,
                                """
                                actual differs from expected:

                                @@  | customer | orders
                                →   | ann      | 2→1
                                --- | eve      | 4
                                +++ | bob      | 1
                                """));
    }

    @Test
    void rowsMayBeCsvOrSqlOrStandInAFixture() throws SQLException {
        stage.file("tests/fixtures/few_orders.csv", "id,customer,price\n1,\"ann\",2.5\n2,ann,\n");
        stage.file("tests/fixtures/all_totals.sql", "select 'ann' as customer, 2.5 as total");
        test(
                """
                given:
                  - {input: "source('web', 'orders')", format: csv, fixture: few_orders}
                  - input: ref('customers')
                    format: sql
                    rows: select 'ann' as customer union all select 'bob'
                expect:
                  format: csv
                  rows: |
                    customer,orders,total
                    ann,2,2.50
                """);
        assertThat(run().status()).isEqualTo(NodeStatus.PASS);

        stage.file(
                "models/totals.sql",
                "select customer, price as total from {{ source('web', 'orders') }} where price >"
                        + " 0");
        test(
                """
                given: [{input: "source('web', 'orders')", format: csv, fixture: few_orders}]
                expect: {format: sql, fixture: all_totals}
                """);
        assertThat(run().status()).isEqualTo(NodeStatus.PASS);
    }

    @Test
    void noRowsAtAllCanBeGivenAndExpected() throws SQLException {
        test(
                """
                given:
                  - {input: "source('web', 'orders')", rows: []}
                  - {input: ref('customers'), rows: []}
                expect: {rows: []}
                """);

        assertThat(run().status()).isEqualTo(NodeStatus.PASS);
    }

    @Test
    void variablesMacrosAndTheEnvironmentCanBeOthers() throws SQLException {
        stage.file(
                "macros/now.sql",
                "{% macro this_year() %}2026{% endmacro %}{% macro twice() %}{{ this_year() }}{{"
                        + " this_year() }}{% endmacro %}");
        stage.file(
                "models/totals.sql",
                "select {{ var('rate', 2) }} as rate, {{ twice() }} as years, '{{"
                        + " env_var('DBT_SHOP') }}' as city, '{{ env_var('DBT_OTHER', 'x') }}' as"
                        + " other, {{ dbt.length(\"'abc'\") }} as n");
        test(
                """
                given: []
                overrides:
                  vars: {rate: 7}
                  macros: {this_year: 1999, dbt.length: 12}
                  env_vars: {DBT_SHOP: paris}
                expect: {rows: [{rate: 7, years: 19991999, city: paris, other: x, n: 12}]}
                """);

        assertThat(run()).isEqualTo(NodeOutcome.tested(NodeStatus.PASS, 0, null));
    }

    @Test
    void anIncrementalModelIsTestedInBothOfItsWays() throws SQLException {
        stage.file(
                "models/totals.sql",
                """
                {{ config(materialized='incremental') }}
                select id, at from {{ source('web', 'orders') }}
                {% if is_incremental() %} where at > (select max(at) from {{ this }}) {% endif %}
                """);
        String orders =
                "  - {input: \"source('web', 'orders')\", rows: [{id: 1, at: 2026-01-01}, {id: 2,"
                        + " at: 2026-01-02}]}\n";
        test("given:\n" + orders + "expect: {rows: [{id: 1}, {id: 2}]}\n");
        assertThat(run().status()).isEqualTo(NodeStatus.PASS);
        stage.run("totals");

        test(
                "given:\n"
                        + orders
                        + "  - {input: this, rows: [{id: 9, at: 2026-01-01}]}\n"
                        + "overrides: {macros: {is_incremental: true}}\n"
                        + "expect: {rows: [{id: 2}]}\n");
        assertThat(run()).isEqualTo(NodeOutcome.tested(NodeStatus.PASS, 0, null));
    }

    @Test
    void anEphemeralInputHasTheTypesOfItsQuery() throws SQLException {
        stage.file(
                "models/recent.sql",
                "{{ config(materialized='ephemeral') }} select customer, price from {{"
                        + " source('web', 'orders') }}");
        stage.file(
                "models/totals.sql",
                "with r as (select * from {{ ref('recent') }}) select customer, price * 2 as twice"
                        + " from r");
        test(
                """
                given: [{input: ref('recent'), rows: [{customer: ann, price: 4}]}]
                expect: {rows: [{customer: ann, twice: 8}]}
                """);

        assertThat(run()).isEqualTo(NodeOutcome.tested(NodeStatus.PASS, 0, null));
    }

    @Test
    void aSeedHasTheRowsOfItsFileIfNoneAreGiven() throws SQLException {
        stage.file("seeds/rates.csv", "country,rate\nde,19\nfr,20\n");
        stage.file(
                "models/totals.sql",
                "select country, rate from {{ ref('rates') }} where rate > 19");
        test("given: [{input: ref('rates')}]\nexpect: {rows: [{country: fr}]}\n");
        stage.run("rates");

        assertThat(run()).isEqualTo(NodeOutcome.tested(NodeStatus.PASS, 0, null));
    }

    @Test
    void everyVersionIsTestedUnlessSomeAreNamed() throws SQLException {
        stage.file("models/prices_v1.sql", "select 1 as price");
        stage.file("models/prices_v2.sql", "select 2 as price");
        stage.file(
                "models/prices.yml",
                """
                models: [{name: prices, versions: [{v: 1}, {v: 2}]}]
                unit_tests:
                  - {name: all, model: prices, given: [], expect: {rows: [{price: 1}]}}
                  - {name: new, model: prices, versions: {exclude: [1]}, given: [], expect: {rows: [{price: 2}]}}
                """);

        assertThat(stage.manifest().unitTests().keySet())
                .containsExactlyInAnyOrder(
                        "unit_test.shop.prices.all_v1",
                        "unit_test.shop.prices.all_v2",
                        "unit_test.shop.prices.new_v2");
        assertThat(stage.runOne("new").status()).isEqualTo(NodeStatus.PASS);
    }

    @Test
    void whatTheTestDoesNotGiveIsTold() throws SQLException {
        test("given: [{input: ref('customers'), rows: []}]\nexpect: {rows: []}\n");

        assertThat(run().message())
                .contains("gives no rows for source.shop.web.orders, which the model reads");
    }

    @Test
    void columnsThatAreNotThereAreTold() throws SQLException {
        String given =
                "given: [{input: ref('customers'), rows: []}, {input: \"source('web', 'orders')\","
                        + " rows: [{%s}]}]\n";
        test(given.formatted("colour: red") + "expect: {rows: [{customer: a}]}\n");
        assertThat(run().message()).contains("Invalid column name: 'colour'");

        test(given.formatted("id: 1") + "expect: {rows: [{colour: a}]}\n");
        assertThat(run().message())
                .startsWith("models/totals.yml: unit test 'adds_up': ")
                .contains("no column 'colour', which is expected; it has customer, orders, total");
    }

    @Test
    void valuesOfTheWrongTypeAreAnError() throws SQLException {
        test(
                """
                given:
                  - {input: "source('web', 'orders')", rows: [{id: seven}]}
                  - {input: ref('customers'), rows: []}
                expect: {rows: []}
                """);

        NodeOutcome outcome = run();

        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        assertThat(outcome.message()).contains("invalid input syntax for type integer: \"seven\"");
    }

    @Test
    void anInputThatWasNeverBuiltIsTold() throws SQLException {
        stage.execute("drop table analytics.customers");
        test(
                """
                given:
                  - {input: "source('web', 'orders')", rows: []}
                  - {input: ref('customers'), rows: []}
                expect: {rows: []}
                """);

        assertThat(run().message()).contains("the relation doesn't exist");
    }
}
