package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;

class IncrementalMacrosTest {

    private MacroStage stage;

    @BeforeEach
    void fillTables() throws Exception {
        stage = MacroStage.create();
        stage.execute(
                """
                create table analytics.sales (id int, region text, "Item" text, amount int);
                insert into analytics.sales values
                  (1, 'n', 'a', 10), (1, 's', 'b', 20), (2, 'n', 'c', 30), (null, 'n', 'd', 40);
                create temporary table new_sales as
                  select * from (values (1, 'n', 'A', 11), (3, 'n', 'E', 50), (null, 'n', 'D', 41))
                    v(id, region, "Item", amount);
                """);
        stage.with("old", StageRelation.table("analytics", "sales"));
        stage.with("new", new StageRelation(null, null, "new_sales", "table"));
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    private List<String> after(String strategy, String key, String predicates) throws SQLException {
        stage.execute(
                stage.render(
                        """
                        {{ get_incremental_%s_sql({
                            'target_relation': old, 'temp_relation': new, 'unique_key': %s,
                            'dest_columns': adapter.get_columns_in_relation(old),
                            'incremental_predicates': %s
                        }) }}\
                        """
                                .formatted(strategy, key, predicates)));
        return stage.rows("select * from analytics.sales order by id, region, \"Item\"");
    }

    @Test
    void appendOnlyAdds() throws Exception {
        assertThat(after("append", "none", "none"))
                .containsExactly(
                        "1|n|A|11",
                        "1|n|a|10",
                        "1|s|b|20",
                        "2|n|c|30",
                        "3|n|E|50",
                        "null|n|D|41",
                        "null|n|d|40");
    }

    @Test
    void theDefaultAppendsWithoutKeyAndReplacesWithOne() throws Exception {
        assertThat(after("default", "none", "none")).hasSize(7);
        stage.execute("delete from analytics.sales where \"Item\" in ('A', 'D', 'E')");
        assertThat(after("default", "'id'", "none"))
                .containsExactly("1|n|A|11", "2|n|c|30", "3|n|E|50", "null|n|D|41", "null|n|d|40");
    }

    @Test
    void deleteInsertReplacesAllRowsOfAKeyAndNoneOfNull() throws Exception {
        assertThat(after("delete_insert", "'id'", "none"))
                .containsExactly("1|n|A|11", "2|n|c|30", "3|n|E|50", "null|n|D|41", "null|n|d|40");
    }

    @Test
    void deleteInsertComparesAllOfSeveralKeys() throws Exception {
        assertThat(after("delete_insert", "['id', 'region']", "none"))
                .containsExactly(
                        "1|n|A|11",
                        "1|s|b|20",
                        "2|n|c|30",
                        "3|n|E|50",
                        "null|n|D|41",
                        "null|n|d|40");
    }

    @Test
    void deleteInsertLeavesWhatItsPredicatesLeave() throws Exception {
        assertThat(after("delete_insert", "'id'", "['amount < 15', \"region = 'n'\"]"))
                .containsExactly(
                        "1|n|A|11",
                        "1|s|b|20",
                        "2|n|c|30",
                        "3|n|E|50",
                        "null|n|D|41",
                        "null|n|d|40");
    }

    @Test
    void predicatesOfDeleteInsertCallTheTableByAliasOrName() throws Exception {
        assertThat(after("delete_insert", "'id'", "['DBT_INTERNAL_DEST.amount < 15']"))
                .contains("1|s|b|20")
                .doesNotContain("1|n|a|10");
        stage.execute("update analytics.sales set \"Item\" = 'a', amount = 10 where amount = 11");
        assertThat(after("delete_insert", "'id'", "['sales.amount < 15 or false']"))
                .contains("1|s|b|20")
                .doesNotContain("1|n|a|10");
    }

    @Test
    void mergeUpdatesWhatMatchesAndInsertsTheRest() throws Exception {
        assertThat(after("merge", "['id', 'region']", "none"))
                .containsExactly(
                        "1|n|A|11",
                        "1|s|b|20",
                        "2|n|c|30",
                        "3|n|E|50",
                        "null|n|D|41",
                        "null|n|d|40");
    }

    @Test
    void mergeWithoutKeyInsertsAll() throws Exception {
        assertThat(after("merge", "none", "none")).hasSize(7);
    }

    @Test
    void mergeUpdatesOnlySomeColumns() throws Exception {
        stage.configured("merge_update_columns", List.of("amount"));

        assertThat(after("merge", "['id', 'region']", "none")).contains("1|n|a|11", "3|n|E|50");
    }

    @Test
    void mergeLeavesExcludedColumnsWhateverTheirCase() throws Exception {
        stage.configured("merge_exclude_columns", List.of("item", "ID"));

        assertThat(after("merge", "['id', 'region']", "none")).contains("1|n|a|11", "3|n|E|50");
    }

    @Test
    void mergeDoesNotTakeColumnsToUpdateAndToExclude() {
        stage.configured("merge_exclude_columns", List.of("amount"))
                .configured("merge_update_columns", List.of("amount"));

        assertThatThrownBy(() -> after("merge", "'id'", "none"))
                .hasMessageContaining("merge_update_columns and merge_exclude_columns");
    }

    @Test
    void mergeMatchesOnlyWherePredicatesHold() throws Exception {
        assertThat(after("merge", "['id', 'region']", "['DBT_INTERNAL_DEST.amount > 10']"))
                .contains("1|n|a|10", "1|n|A|11");
    }

    @Test
    void microbatchMergesAndNeedsAKey() throws Exception {
        assertThat(after("microbatch", "['id', 'region']", "none")).contains("1|n|A|11").hasSize(6);
        assertThatThrownBy(() -> after("microbatch", "none", "none"))
                .hasMessageContaining("requires a `unique_key`");
    }

    @Test
    void theProjectsOwnStrategyIsCalled() throws Exception {
        stage.project(
                "{% macro default__get_incremental_append_sql(arg_dict) %}delete from {{"
                        + " arg_dict.target_relation }}{% endmacro %}");

        assertThat(after("append", "none", "none")).isEmpty();
    }

    @Test
    void schemaChangesAreSynchronizedAsFarAsTheModelSays() throws Exception {
        stage.execute(
                """
                alter table new_sales add column note text;
                alter table new_sales drop column region;
                alter table new_sales alter column amount type bigint;
                """);

        assertThat(processed("ignore")).isEqualTo("{}");
        assertThat(columns())
                .containsExactly("id integer", "region text", "Item text", "amount integer");
        assertThatThrownBy(() -> processed("fail"))
                .hasMessageContaining("out of sync")
                .hasMessageContaining("note");
        assertThat(processed("append_new_columns")).contains("note");
        assertThat(columns())
                .containsExactly(
                        "id integer", "region text", "Item text", "amount integer", "note text");
        processed("sync_all_columns");
        assertThat(columns())
                .containsExactly("id integer", "Item text", "note text", "amount bigint");
        assertThat(stage.rows("select amount from analytics.sales order by 1"))
                .containsExactly("10", "20", "30", "40");
    }

    private String processed(String onSchemaChange) {
        return stage.render(
                "{{ process_schema_changes(incremental_validate_on_schema_change('%s'), new, old) }}"
                        .formatted(onSchemaChange));
    }

    private List<String> columns() throws SQLException {
        return stage.rows(
                "select attname || ' ' || format_type(atttypid, atttypmod) from pg_attribute where"
                        + " attrelid = 'analytics.sales'::regclass and attnum > 0 and not"
                        + " attisdropped order by attnum");
    }

    @Test
    void shorterTextsAreNoChange() throws Exception {
        stage.execute(
                """
                create table analytics.long (a varchar(20), b varchar(5));
                create temporary table short (a varchar(10), b varchar(10));
                """);

        assertThat(
                        stage.render(
                                "{{ diff_column_data_types(adapter.get_columns_in_relation(short),"
                                        + " adapter.get_columns_in_relation(long)) }}",
                                "long",
                                StageRelation.table("analytics", "long"),
                                "short",
                                new StageRelation(null, null, "short", "table")))
                .isEqualTo("[{'column_name': 'b', 'new_type': 'character varying(10)'}]");
        assertThat(stage.render("{{ incremental_validate_on_schema_change('other') }}"))
                .isEqualTo("ignore");
    }
}
