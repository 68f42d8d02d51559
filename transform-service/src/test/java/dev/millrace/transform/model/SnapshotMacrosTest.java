package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

class SnapshotMacrosTest {

    private MacroStage stage;
    private SnapshotStage snapshots;

    @BeforeEach
    void fillTheTable() throws Exception {
        stage = MacroStage.create();
        snapshots = new SnapshotStage(stage);
        stage.execute(
                """
                create table analytics.orders (id int, region text, name text, updated_at timestamp);
                insert into analytics.orders values
                  (1, 'n', 'a', '2020-01-01'), (2, 'n', 'b', '2020-01-01'), (3, 's', null, '2020-01-01');
                """);
        stage.configured("unique_key", "id").configured("updated_at", "updated_at");
        snapshots.query("select id, name, updated_at from analytics.orders -- all");
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    @Test
    void aTimestampEndsRowsAndBeginsNewOnes() throws Exception {
        stage.configured("strategy", "timestamp");
        snapshots.run();
        stage.execute(
                """
                update analytics.orders set name = 'A', updated_at = '2020-02-01' where id = 1;
                update analytics.orders set name = 'not noticed' where id = 2;
                insert into analytics.orders values (4, 'n', 'd', '2020-02-02');
                """);
        snapshots.run();
        snapshots.run();
        stage.execute(
                "update analytics.orders set name = 'AA', updated_at = '2020-03-01' where id = 1");
        snapshots.run();

        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|2020-01-01|2020-02-01",
                        "1|A|2020-02-01|2020-03-01",
                        "1|AA|2020-03-01|null",
                        "2|b|2020-01-01|null",
                        "3|null|2020-01-01|null",
                        "4|d|2020-02-02|null");
        assertThat(
                        stage.rows(
                                "select bool_and(dbt_updated_at = dbt_valid_from),"
                                    + " bool_and(dbt_scd_id = md5(id || '|' || updated_at)),"
                                    + " count(distinct dbt_scd_id) from analytics.orders_snapshot"))
                .containsExactly("true|true|6");
        assertThat(stage.warnings()).isEmpty();
    }

    @Test
    void aCheckNoticesNullsAndHoldsFromTheRun() throws Exception {
        stage.configured("strategy", "check").configured("updated_at", null);
        stage.configured("check_cols", List.of("name"));
        snapshots.run();
        stage.execute(
                """
                update analytics.orders set name = null where id = 1;
                update analytics.orders set updated_at = '2021-01-01' where id = 2;
                update analytics.orders set name = 'c' where id = 3;
                """);
        snapshots.run();
        snapshots.run();

        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|run 1|run 2",
                        "1|null|run 2|null",
                        "2|b|run 1|null",
                        "3|null|run 1|run 2",
                        "3|c|run 2|null");
    }

    @Test
    void aCheckOfAllColumnsNoticesNewOnes() throws Exception {
        stage.configured("strategy", "check").configured("check_cols", "all");
        snapshots.run();
        stage.execute(
                "update analytics.orders set name = 'B', updated_at = '2020-02-01' where id = 2");
        snapshots.run();
        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|2020-01-01|null",
                        "2|b|2020-01-01|2020-02-01",
                        "2|B|2020-02-01|null",
                        "3|null|2020-01-01|null");

        snapshots.query("select id, name, updated_at, region from analytics.orders");
        stage.execute("update analytics.orders set updated_at = '2020-03-01'");
        snapshots.run();

        assertThat(snapshots.history("id, region, dbt_valid_from, dbt_valid_to"))
                .containsExactly(
                        "1|null|2020-01-01|2020-03-01",
                        "1|n|2020-03-01|null",
                        "2|null|2020-01-01|2020-02-01",
                        "2|null|2020-02-01|2020-03-01",
                        "2|n|2020-03-01|null",
                        "3|null|2020-01-01|2020-03-01",
                        "3|s|2020-03-01|null");
    }

    @Test
    void checkedColumnsMustBeAListOrAll() throws Exception {
        stage.configured("strategy", "check").configured("check_cols", List.of());
        snapshots.run();

        assertThatThrownBy(snapshots::run).hasMessageContaining("Invalid value for 'check_cols'");
    }

    @ParameterizedTest
    @CsvSource({"timestamp", "check"})
    void deletedRowsStayUnlessAskedFor(String strategy) throws Exception {
        stage.configured("strategy", strategy).configured("check_cols", "all");
        snapshots.run();
        stage.execute("delete from analytics.orders where id = 2");
        snapshots.run();

        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|2020-01-01|null", "2|b|2020-01-01|null", "3|null|2020-01-01|null");
    }

    @ParameterizedTest
    @CsvSource({"timestamp", "check"})
    void deletedRowsAreEndedAndComeBack(String strategy) throws Exception {
        stage.configured("strategy", strategy).configured("check_cols", "all");
        stage.configured("hard_deletes", "invalidate");
        snapshots.run();
        stage.execute("delete from analytics.orders where id = 2");
        snapshots.run();
        snapshots.run();
        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|2020-01-01|null", "2|b|2020-01-01|run 2", "3|null|2020-01-01|null");

        stage.execute("insert into analytics.orders values (2, 'n', 'b', '2020-05-05')");
        snapshots.run();

        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|2020-01-01|null",
                        "2|b|2020-01-01|run 2",
                        "2|b|2020-05-05|null",
                        "3|null|2020-01-01|null");
    }

    @ParameterizedTest
    @CsvSource({"timestamp", "check"})
    void deletedRowsGetARowThatSaysSoUntilTheyAreBack(String strategy) throws Exception {
        stage.configured("strategy", strategy).configured("check_cols", List.of("name"));
        stage.configured("hard_deletes", "new_record");
        snapshots.run();
        stage.execute("delete from analytics.orders where id = 2");
        snapshots.run();
        snapshots.run();
        String columns = "id, name, dbt_valid_from, dbt_valid_to, dbt_is_deleted, updated_at";
        assertThat(snapshots.history(columns))
                .containsExactly(
                        "1|a|2020-01-01|null|False|2020-01-01",
                        "2|b|2020-01-01|run 2|False|2020-01-01",
                        "2|b|run 2|null|True|2020-01-01",
                        "3|null|2020-01-01|null|False|2020-01-01");

        stage.execute("insert into analytics.orders values (2, 'n', 'b', '2020-05-05')");
        snapshots.run();
        snapshots.run();

        assertThat(snapshots.history(columns))
                .containsExactly(
                        "1|a|2020-01-01|null|False|2020-01-01",
                        "2|b|2020-01-01|run 2|False|2020-01-01",
                        "2|b|2020-05-05|null|False|2020-05-05",
                        "2|b|run 2|2020-05-05|True|2020-01-01",
                        "3|null|2020-01-01|null|False|2020-01-01");
        assertThat(stage.rows("select count(distinct dbt_scd_id) from analytics.orders_snapshot"))
                .containsExactly("5");
    }

    @Test
    void keysMayBeSeveralColumns() throws Exception {
        stage.configured("strategy", "check").configured("check_cols", List.of("name"));
        stage.configured("unique_key", List.of("id", "region"));
        stage.configured("hard_deletes", "new_record");
        snapshots.query("select id, region, name, updated_at from analytics.orders");
        stage.execute("insert into analytics.orders values (1, 's', 'x', '2020-01-01')");
        snapshots.run();
        stage.execute(
                """
                update analytics.orders set name = 'X', updated_at = '2020-02-01' where region = 's' and id = 1;
                delete from analytics.orders where id = 3;
                """);
        snapshots.run();
        snapshots.run();

        assertThat(
                        snapshots.history(
                                "id, region, dbt_valid_from, dbt_valid_to, name, dbt_is_deleted"))
                .containsExactly(
                        "1|s|2020-01-01|2020-02-01|x|False",
                        "1|n|2020-01-01|null|a|False",
                        "1|s|2020-02-01|null|X|False",
                        "2|n|2020-01-01|null|b|False",
                        "3|s|2020-01-01|run 2|null|False",
                        "3|s|run 2|null|null|True");
    }

    @Test
    void theLastRowsMayHaveAnEndAndColumnsOtherNames() throws Exception {
        stage.configured("strategy", "timestamp").configured("hard_deletes", "new_record");
        stage.configured("dbt_valid_to_current", "'9999-12-31'::timestamp");
        stage.configured(
                "snapshot_table_column_names",
                Map.of(
                        "dbt_valid_from", "since",
                        "dbt_valid_to", "until",
                        "dbt_scd_id", "version_id",
                        "dbt_updated_at", "changed_at",
                        "dbt_is_deleted", "is_gone"));
        snapshots.run();
        stage.execute(
                """
                update analytics.orders set name = 'A', updated_at = '2020-02-01' where id = 1;
                delete from analytics.orders where id = 2;
                update analytics.orders_snapshot set until = null where id = 3;
                update analytics.orders set name = 'c', updated_at = '2020-02-01' where id = 3;
                """);
        snapshots.run();
        snapshots.run();

        stage.execute("alter table analytics.orders_snapshot rename column until to dbt_valid_to");
        assertThat(snapshots.history("id, name, since, dbt_valid_to, is_gone"))
                .containsExactly(
                        "1|a|2020-01-01|2020-02-01|False",
                        "1|A|2020-02-01|9999-12-31|False",
                        "2|b|2020-01-01|run 2|False",
                        "2|b|run 2|9999-12-31|True",
                        "3|null|2020-01-01|2020-02-01|False",
                        "3|c|2020-02-01|9999-12-31|False");
    }

    @Test
    void theMergeForOtherDatabasesDoesTheSame() throws Exception {
        stage.project(
                "{% macro postgres__snapshot_merge_sql(target, source, insert_cols) %}{{"
                    + " default__snapshot_merge_sql(target, source, insert_cols) }}{% endmacro %}");
        stage.configured("strategy", "timestamp").configured("hard_deletes", "invalidate");
        snapshots.run();
        stage.execute(
                """
                update analytics.orders set name = 'A', updated_at = '2020-02-01' where id = 1;
                delete from analytics.orders where id = 2;
                """);
        snapshots.run();

        assertThat(snapshots.history())
                .containsExactly(
                        "1|a|2020-01-01|2020-02-01",
                        "1|A|2020-02-01|null",
                        "2|b|2020-01-01|run 2",
                        "3|null|2020-01-01|null");
    }

    @Test
    void strategiesOfProjectsAreFoundByName() {
        stage.project("{% macro snapshot_own_strategy() %}own{% endmacro %}");

        assertThat(
                        stage.render(
                                "{{ strategy_dispatch('own')() }} {{ strategy_dispatch('dbt.own')()"
                                        + " }}"))
                .isEqualTo("own own");
        assertThatThrownBy(() -> stage.render("{{ strategy_dispatch('other') }}"))
                .hasMessageContaining("strategy macro 'other' was not found");
        assertThatThrownBy(() -> stage.render("{{ strategy_dispatch('nowhere.own') }}"))
                .hasMessageContaining("Could not find package 'nowhere'");
    }
}
