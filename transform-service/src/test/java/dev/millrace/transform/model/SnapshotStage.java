package dev.millrace.transform.model;

import dev.millrace.transform.jinja.None;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Takes snapshots of a query into {@code analytics.orders_snapshot}, and tells their history. */
final class SnapshotStage {

    /** What the materialization does, as far as it is in macros. */
    private static final String SNAPSHOT =
            """
            {% set exists, snapshot = get_or_create_relation(none, 'analytics', 'orders_snapshot', 'table') %}
            {% set strategy = strategy_dispatch(config.get('strategy'))(
                model, 'snapshotted_data', 'source_data', none, exists
            ) %}
            {% if not exists %}
              {% call statement('main') %}
                {{ create_table_as(False, snapshot, build_snapshot_table(strategy, sql)) }}
              {% endcall %}
            {% else %}
              {% set staging = build_snapshot_staging_table(strategy, sql, snapshot) %}
              {% set ours = ['dbt_change_type', 'dbt_unique_key', 'dbt_unique_key_1', 'dbt_unique_key_2'] %}
              {% do create_columns(
                  snapshot, adapter.get_missing_columns(staging, snapshot) | rejectattr('name', 'in', ours) | list
              ) %}
              {% set columns = [] %}
              {% for column in adapter.get_columns_in_relation(staging) | rejectattr('name', 'in', ours) %}
                {% do columns.append(adapter.quote(column.name)) %}
              {% endfor %}
              {% call statement('main') %}
                {{ snapshot_merge_sql(target=snapshot, source=staging, insert_cols=columns) }}
              {% endcall %}
              {% do post_snapshot(staging) %}
            {% endif %}
            {% do check_time_data_types('select now()::timestamp as dbt_updated_at') %}
            """;

    private final List<String> runs = new ArrayList<>();
    private final MacroStage stage;

    SnapshotStage(MacroStage stage) {
        this.stage = stage;
        stage.modelled("alias", "orders_snapshot")
                .modelled("schema", "analytics")
                .modelled("database", None.NONE);
    }

    void query(String sql) {
        stage.with("sql", sql).modelled("compiled_code", sql);
    }

    /** Runs the snapshot in a transaction, whose time is the snapshot's. */
    void run() throws SQLException {
        stage.execute("begin");
        runs.add(stage.rows("select now()::timestamp").getFirst());
        stage.render(SNAPSHOT);
        stage.execute("commit");
    }

    List<String> history() throws SQLException {
        return history("id, name, dbt_valid_from, dbt_valid_to");
    }

    /** Rows with the times of runs by their numbers, and without those of midnight. */
    List<String> history(String columns) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (String row :
                stage.rows(
                        "select "
                                + columns
                                + " from analytics.orders_snapshot order by id, 3, dbt_valid_to"
                                + " nulls last, name")) {
            String text = row.replace(" 00:00:00.0", "");
            for (int i = 0; i < runs.size(); i++) {
                text = text.replace(runs.get(i), "run " + (i + 1));
            }
            rows.add(text);
        }
        return rows;
    }
}
