package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

class SnapshotNodeTest {

    private static final String ALL =
            "select id, state, dbt_valid_from::date, dbt_valid_to::date from"
                    + " snapshots.orders_history order by id, dbt_valid_from, dbt_scd_id";

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void orders() throws SQLException {
        stage.execute(
                """
                create schema web;
                create table web.orders (id int, state varchar(8), changed timestamp);
                insert into web.orders values (1, 'new', '2026-01-01'), (2, 'new', '2026-01-02')
                """);
        stage.file(
                "models/web.yml",
                "sources: [{name: web, schema: web, tables: [{name: orders}]}]\n");
    }

    private void snapshot(String settings) {
        stage.file(
                "snapshots/orders.sql",
                """
                {% snapshot orders_history %}
                {{ config(target_schema='snapshots', unique_key='id', SETTINGS) }}
                select * from {{ source('web', 'orders') }}
                {% endsnapshot %}
                """
                        .replace("SETTINGS", settings));
    }

    private void take(String message) throws SQLException {
        NodeOutcome outcome = stage.runOne("orders_history");

        assertThat(outcome.message()).isEqualTo(message);
        assertThat(outcome.status()).isEqualTo(NodeStatus.SUCCESS);
    }

    private NodeOutcome failing() throws SQLException {
        NodeOutcome outcome = stage.runOne("orders_history");

        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        return outcome;
    }

    @Test
    void theFirstOneHoldsEveryRowAsOfItsTime() throws SQLException {
        snapshot("strategy='timestamp', updated_at='changed'");

        take("SELECT 2");

        assertThat(stage.query(ALL))
                .containsExactly("1|new|2026-01-01|null", "2|new|2026-01-02|null");
    }

    @Test
    void aRowWithALaterTimeEndsItsEarlierState() throws SQLException {
        snapshot("strategy='timestamp', updated_at='changed'");
        take("SELECT 2");
        stage.execute("update web.orders set state = 'sent', changed = '2026-02-01' where id = 1");
        stage.execute("insert into web.orders values (3, 'new', '2026-02-02')");

        take("INSERT 0 2");

        assertThat(stage.query(ALL))
                .containsExactly(
                        "1|new|2026-01-01|2026-02-01",
                        "1|sent|2026-02-01|null",
                        "2|new|2026-01-02|null",
                        "3|new|2026-02-02|null");
        take("INSERT 0 0");
    }

    @Test
    void theIdentityOfAStateIsThatOfDbt() throws SQLException {
        snapshot("strategy='timestamp', updated_at='changed'");
        take("SELECT 2");

        assertThat(
                        stage.query(
                                "select dbt_scd_id = md5('1|2026-01-01 00:00:00') from"
                                        + " snapshots.orders_history where id = 1"))
                .containsExactly("t");
    }

    @Test
    void changesOfTheCheckedColumnsCountAndOthersDoNot() throws SQLException {
        snapshot("strategy='check', check_cols=['state']");
        take("SELECT 2");
        stage.execute("update web.orders set changed = '2026-02-01'");
        take("INSERT 0 0");
        stage.execute("update web.orders set state = null where id = 2");

        take("INSERT 0 1");

        assertThat(
                        stage.query(
                                "select state, dbt_valid_to is null from snapshots.orders_history"
                                        + " where id = 2 order by dbt_valid_to"))
                .containsExactly("new|f", "null|t");
    }

    @Test
    void allColumnsAreCheckedAndANewOneIsAdded() throws SQLException {
        snapshot("strategy='check', check_cols='all'");
        take("SELECT 2");
        stage.execute(
                "alter table web.orders add column price numeric(10,2), alter column state type"
                        + " varchar(20)");
        stage.execute("update web.orders set price = 3, state = 'on its way home' where id = 1");

        take("INSERT 0 2");

        assertThat(
                        stage.query(
                                "select id, state, price from snapshots.orders_history where"
                                        + " dbt_valid_to is null order by id"))
                .containsExactly("1|on its way home|3.00", "2|new|null");
    }

    @Test
    void rowsThatAreGoneStayUnlessHardDeletesSaysOtherwise() throws SQLException {
        snapshot("strategy='timestamp', updated_at='changed'");
        take("SELECT 2");
        stage.execute("delete from web.orders where id = 1");
        take("INSERT 0 0");
        assertThat(stage.query(ALL)).contains("1|new|2026-01-01|null");

        snapshot("strategy='timestamp', updated_at='changed', invalidate_hard_deletes=true");
        take("INSERT 0 0");

        assertThat(
                        stage.query(
                                "select count(*) from snapshots.orders_history where id = 1 and"
                                        + " dbt_valid_to is not null"))
                .containsExactly("1");
    }

    @Test
    void rowsThatAreGoneCanBeRecordedAndComeBack() throws SQLException {
        snapshot("strategy='timestamp', updated_at='changed', hard_deletes='new_record'");
        take("SELECT 2");
        stage.execute("delete from web.orders where id = 1");
        take("INSERT 0 1");
        take("INSERT 0 0");
        stage.execute("insert into web.orders values (1, 'again', '2030-02-01')");

        take("INSERT 0 1");

        assertThat(
                        stage.query(
                                "select state, dbt_is_deleted, dbt_valid_to is null from"
                                        + " snapshots.orders_history where id = 1 order by"
                                        + " dbt_valid_from"))
                .containsExactly("new|False|f", "new|True|f", "again|False|t");
    }

    @Test
    void columnsHaveTheNamesThatTheProjectWantsAndOpenEndsItsDate() throws SQLException {
        snapshot(
                "strategy='timestamp', updated_at='changed', hard_deletes='invalidate',"
                        + " dbt_valid_to_current=\"'9999-12-31'::timestamp\","
                        + " snapshot_meta_column_names={'dbt_valid_from': 'valid_from',"
                        + " 'dbt_valid_to': 'valid_to', 'dbt_scd_id': 'state_id'}");
        take("SELECT 2");
        stage.execute("update web.orders set state = 'sent', changed = '2026-02-01' where id = 1");
        stage.execute("delete from web.orders where id = 2");

        take("INSERT 0 1");

        assertThat(
                        stage.query(
                                "select id, state, valid_from::date, valid_to::date ="
                                        + " '9999-12-31' from snapshots.orders_history order by id,"
                                        + " valid_from"))
                .containsExactly("1|new|2026-01-01|f", "1|sent|2026-02-01|t", "2|new|2026-01-02|f");
    }

    @Test
    void aKeyMayBeSeveralColumnsOrAnExpression() throws SQLException {
        stage.file(
                "snapshots/orders.sql",
                """
                {% snapshot orders_history %}
                {{ config(target_schema='snapshots', unique_key=['id', 'state'], strategy='check', check_cols=['changed']) }}
                select * from {{ source('web', 'orders') }}
                {% endsnapshot %}
                {% snapshot by_text %}
                {{ config(schema='history', unique_key="id || '-' || state", strategy='check', check_cols=['changed']) }}
                select * from {{ source('web', 'orders') }}
                {% endsnapshot %}
                """);
        stage.run();
        stage.execute("insert into web.orders values (1, 'sent', '2026-01-01')");
        stage.execute("update web.orders set changed = '2026-02-02' where id = 2");

        assertThat(stage.run())
                .allSatisfy(
                        (name, outcome) -> assertThat(outcome.message()).isEqualTo("INSERT 0 2"));
        assertThat(stage.query("select count(*) from analytics_history.by_text"))
                .containsExactly("4");
    }

    @Test
    void aSnapshotIsDescribedInYaml() throws SQLException {
        stage.file(
                "snapshots/history.yml",
                """
                snapshots:
                  - name: orders_history
                    relation: source('web', 'orders')
                    description: States of orders
                    columns: [{name: state, description: What it is in}]
                    config:
                      schema: history
                      unique_key: id
                      strategy: timestamp
                      updated_at: changed
                      persist_docs: {relation: true, columns: true}
                      indexes: [{columns: [id]}]
                """);

        take("SELECT 2");

        assertThat(
                        stage.query(
                                "select"
                                    + " obj_description('analytics_history.orders_history'::regclass),"
                                    + " col_description('analytics_history.orders_history'::regclass,"
                                    + " 2)"))
                .containsExactly("States of orders|What it is in");
        assertThat(
                        stage.query(
                                "select count(*) from pg_indexes where tablename ="
                                        + " 'orders_history'"))
                .containsExactly("1");
        take("INSERT 0 0");
    }

    @Test
    void aProjectMayHaveAStrategyOfItsOwn() throws SQLException {
        stage.file(
                "macros/never.sql",
                """
                {% macro snapshot_longer_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
                  {% set updated_at = "now()::timestamp" %}
                  {{ return({
                    'unique_key': model_config.unique_key,
                    'updated_at': updated_at,
                    'row_changed': "length(" ~ current_rel ~ ".state) > length(" ~ snapshotted_rel ~ ".state)",
                    'scd_id': snapshot_hash_arguments([model_config.unique_key, updated_at]),
                    'invalidate_hard_deletes': false
                  }) }}
                {% endmacro %}
                """);
        snapshot("strategy='longer'");
        take("SELECT 2");
        stage.execute("update web.orders set state = 'old' where id = 1");
        stage.execute("update web.orders set state = 'older' where id = 2");

        take("INSERT 0 1");
    }

    @Test
    void hooksAreDoneTogetherWithTheRowsOrNotAtAll() throws SQLException {
        stage.execute("create schema analytics; create table analytics.log (said text)");
        snapshot(
                "strategy='timestamp', updated_at='changed', pre_hook=\"insert into analytics.log"
                        + " values ('before')\", post_hook=[\"insert into analytics.log select"
                        + " count(*)::text from {{ this }}\", \"select 1/(select count(*) - 2 from"
                        + " {{ this }})\"]");

        assertThat(failing().message()).contains("post-hook failed: division by zero");

        assertThat(stage.query("select said from analytics.log")).isEmpty();
        assertThat(stage.query("select to_regclass('snapshots.orders_history')"))
                .containsExactly("null");
    }

    @Test
    void aViewInItsPlaceIsNotOverwritten() throws SQLException {
        stage.execute(
                "create schema snapshots; create view snapshots.orders_history as select 1 as id");
        snapshot("strategy='timestamp', updated_at='changed'");

        assertThat(failing().message()).contains("a view of that name, and a snapshot is a table");
    }

    @Test
    void aTableThatIsNoSnapshotIsNotAddedTo() throws SQLException {
        stage.execute("create schema snapshots; create table snapshots.orders_history (id int)");
        snapshot("strategy='timestamp', updated_at='changed'");

        assertThat(failing().message())
                .contains(
                        "lacks columns of a snapshot: dbt_scd_id, dbt_updated_at, dbt_valid_from");
    }

    @Test
    void whatASnapshotLacksIsToldWhenTheProjectIsRead() {
        snapshot("strategy='timestamp', check_cols=['a'], hard_deletes='never'");

        assertThat(stage.problems())
                .hasSize(3)
                .anySatisfy(problem -> assertThat(problem).contains("needs 'updated_at'"))
                .anySatisfy(problem -> assertThat(problem).contains("'check_cols' are for"))
                .anySatisfy(problem -> assertThat(problem).contains("not 'never'"));
    }

    @Test
    void anUnknownStrategyIsTold() throws SQLException {
        snapshot("strategy='hourly'");

        assertThat(failing().message()).contains("'hourly' was not found");
    }
}
