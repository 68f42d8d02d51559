package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;

class ContractTest {

    private final ProjectStage stage = ProjectStage.create();

    private void contract(String columns, String rest) {
        stage.file(
                "models/orders.yml",
                "models:\n  - name: orders\n    config: {contract: {enforced: true}}\n"
                        + rest.indent(4)
                        + "    columns:\n"
                        + columns.indent(6));
    }

    private void model(String materialized, String select) {
        stage.file(
                "models/orders.sql",
                "{{ config(materialized='" + materialized + "') }}\n" + select);
    }

    private NodeOutcome run() throws SQLException {
        return stage.runOne("orders");
    }

    private List<String> constraints() throws SQLException {
        return stage.query(
                "select pg_get_constraintdef(oid) from pg_constraint where conrelid ="
                        + " 'analytics.orders'::regclass and contype <> 'n' order by 1");
    }

    @Test
    void aTableHasTheColumnsAndConstraintsOfItsContract() throws SQLException {
        stage.execute(
                "create schema web; create table web.shops (id int primary key); insert into"
                        + " web.shops values (7)");
        contract(
                """
                - {name: id, data_type: bigint, constraints: [{type: not_null}, {type: primary_key}]}
                - {name: price, data_type: "numeric(10,2)", constraints: [{type: check, expression: price > 0, name: costs}]}
                - {name: shop, data_type: int, constraints: [{type: foreign_key, expression: web.shops (id)}]}
                """,
                "constraints: [{type: unique, columns: [id, shop]}]");
        model("table", "select 7 as shop, 1::bigint as id, 2.5::numeric(10,2) as price");

        assertThat(run()).isEqualTo(NodeOutcome.success(1L, "INSERT 0 1"));

        assertThat(constraints())
                .containsExactly(
                        "CHECK ((price > (0)::numeric))",
                        "FOREIGN KEY (shop) REFERENCES web.shops(id)",
                        "PRIMARY KEY (id)",
                        "UNIQUE (id, shop)");
        assertThat(stage.query("select id, price, shop from analytics.orders"))
                .containsExactly("1|2.50|7");
        assertThat(run().status()).isEqualTo(NodeStatus.SUCCESS);
        assertThat(constraints()).hasSize(4);
    }

    @Test
    void rowsThatBreakAConstraintFailTheBuildAndTheOldOnesStay() throws SQLException {
        contract("- {name: id, data_type: int, constraints: [{type: not_null}]}", "");
        model("table", "select 1 as id");
        run();
        model("table", "select null::int as id");

        assertThat(run().message()).contains("null value in column \"id\"");
        assertThat(stage.query("select id from analytics.orders")).containsExactly("1");
    }

    @Test
    void aQueryThatBreaksTheContractIsToldColumnByColumn() throws SQLException {
        contract(
                """
                - {name: id, data_type: int}
                - {name: name, data_type: text}
                """,
                "");
        for (String materialized : List.of("table", "view", "incremental")) {
            model(
                    materialized,
                    "{{ config(on_schema_change='fail') }} select 'x'::text as id, 1 as more");

            assertThat(run().message())
                    .as(materialized)
                    .contains("contract", "id", "name", "more", "missing in");
        }
    }

    @Test
    void whatAContractLacksIsToldWhenTheProjectIsRead() {
        contract(
                """
                - {name: id, constraints: [{type: primary_key}]}
                - {name: name, data_type: text, constraints: [{type: primary_key}, {type: short}]}
                """,
                "");
        model("incremental", "select 1 as id, 'a' as name");

        assertThat(stage.problems())
                .hasSize(3)
                .allSatisfy(problem -> assertThat(problem).startsWith("models/orders.yml:2:"))
                .anySatisfy(problem -> assertThat(problem).contains("not 'short'"))
                .anySatisfy(problem -> assertThat(problem).contains("one primary key at most"))
                .anySatisfy(problem -> assertThat(problem).contains("'on_schema_change'"));

        contract("[]", "");
        assertThat(stage.problems())
                .anySatisfy(problem -> assertThat(problem).contains("there are none"));
    }

    @Test
    void columnsWithoutATypeAreToldWhenTheModelIsBuilt() throws SQLException {
        contract("- name: id", "");
        model("table", "select 1 as id");

        assertThat(run().message()).contains("data_type").contains("id");
    }

    @Test
    void aContractThatNobodyHoldsIsWarnedOf() {
        contract("- {name: id, data_type: int, constraints: [{type: not_null}]}", "");
        for (String materialized : List.of("view", "ephemeral", "materialized_view")) {
            model(materialized, "select 1 as id");

            assertThat(stage.warned())
                    .as(materialized)
                    .singleElement()
                    .asString()
                    .contains("no effect");
        }
        contract(
                "- {name: id, data_type: int, constraints: [{type: not_null, warn_unsupported:"
                        + " false}]}",
                "");
        model("view", "select 1 as id");
        assertThat(stage.warned()).isEmpty();
    }

    @Test
    void anIncrementalModelIsHeldToItsContractEachTime() throws SQLException {
        contract("- {name: id, data_type: int, constraints: [{type: unique}]}", "");
        stage.file(
                "models/orders.sql",
                "{{ config(materialized='incremental', on_schema_change='append_new_columns') }}"
                        + " select {{ var('id', 1) }} as id");
        assertThat(run().message()).isEqualTo("INSERT 0 1");
        assertThat(run().message()).contains("duplicate key");
        stage.file(
                "models/orders.sql",
                "{{ config(materialized='incremental', on_schema_change='append_new_columns') }}"
                        + " select 2 as id, 3 as other");
        assertThat(run().message()).contains("contract");
    }

    @Test
    void grantsOfAModelTakeOthersAwayButNotThoseOfTheWarehouse() throws SQLException {
        stage.asOwner(
                "do $$ begin if not exists (select from pg_roles where rolname = 'auditor') then"
                        + " create role auditor; create role clerk; end if; end $$");
        for (String materialized : List.of("table", "view", "incremental", "materialized_view")) {
            model(materialized, "select 1 as id");
            stage.execute("drop schema if exists analytics cascade");
            grants(
                    "{select: [auditor, clerk], insert: clerk}",
                    "view".equals(materialized) || "materialized_view".equals(materialized));
            run();
            assertThat(privileges()).as(materialized).contains("auditor SELECT", "clerk SELECT");
            List<String> ofEvery = privileges();

            grants("{select: [clerk]}", true);
            run();
            assertThat(privileges())
                    .as(materialized)
                    .doesNotContain("auditor SELECT", "clerk INSERT")
                    .contains("clerk SELECT");

            grants("{}", true);
            run();
            assertThat(privileges()).as(materialized).contains("clerk SELECT");
            assertThat(privileges())
                    .as(materialized)
                    .containsAll(ofEvery.stream().filter(p -> p.startsWith("millrace")).toList());
        }
    }

    private void grants(String grants, boolean withoutInsert) {
        String wanted = withoutInsert ? grants.replace(", insert: clerk", "") : grants;
        stage.file(
                "models/orders.yml",
                "models: [{name: orders, config: {grants: " + wanted + "}}]\n");
    }

    private List<String> privileges() throws SQLException {
        return stage.query(
                "select grantee::regrole || ' ' || privilege_type from pg_class, aclexplode(relacl)"
                        + " where oid = 'analytics.orders'::regclass and grantee <> 0 order by 1");
    }

    @Test
    void aViewHasTheCommentsOfItsColumns() throws SQLException {
        stage.file(
                "models/orders.yml",
                """
                models:
                  - name: orders
                    description: What's ordered \\\\ sold
                    columns: [{name: id, description: Its number}, {name: gone, description: Nothing}]
                    config: {persist_docs: {relation: true, columns: true}}
                """);
        model("view", "select 1 as id");
        String comments =
                "select obj_description('analytics.orders'::regclass),"
                        + " col_description('analytics.orders'::regclass, 1)";

        run();
        assertThat(stage.query(comments)).containsExactly("What's ordered \\\\ sold|Its number");
        model("view", "select 1 as id, 2 as more");
        run();
        assertThat(stage.query(comments)).containsExactly("What's ordered \\\\ sold|Its number");
    }

    @Test
    void statementsOfTheHeaderComeFirst() throws SQLException {
        stage.file(
                "models/orders.sql",
                """
                {{ config(materialized='table') }}
                {% call set_sql_header(config) %} set local my.rate = '7'; {% endcall %}
                {{ config(sql_header="create function pg_temp.rate() returns int language sql as 'select 7';") }}
                select pg_temp.rate() as rate
                """);

        assertThat(run()).isEqualTo(NodeOutcome.success(1L, "SELECT 1"));
        assertThat(stage.query("select rate from analytics.orders")).containsExactly("7");
    }

    @Test
    void indexesAreMadeOfSeedsAndIncrementalModelsToo() throws SQLException {
        stage.file("seeds/rates.csv", "id,rate\n1,2\n");
        stage.file(
                "dbt_project.yml",
                "name: shop\nseeds: {+indexes: [{columns: [id], unique: true}]}\n");
        stage.file(
                "models/orders.sql",
                "{{ config(materialized='incremental', indexes=[{'columns': ['id']}]) }} select 1"
                        + " as id");
        stage.run();
        stage.run();

        assertThat(
                        stage.query(
                                "select tablename from pg_indexes where schemaname = 'analytics'"
                                        + " order by 1"))
                .containsExactly("orders", "rates");
    }
}
