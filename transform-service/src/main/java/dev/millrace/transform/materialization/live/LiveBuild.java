package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.TenantTables;
import dev.millrace.transform.materialization.live.Generation.Cursor;
import dev.millrace.transform.materialization.live.LiveForm.Additive;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Builds a model's table, and what belongs to it, from all rows of what it reads. */
final class LiveBuild {

    /** PostgreSQL has no more in an index. */
    private static final int MAX_KEYS = 32;

    private final Sql sql;
    private final LiveModel model;
    private final LivePlan plan;
    private final Generations generations;
    private final LiveTexts texts;

    LiveBuild(Connection connection, LiveModel model, LivePlan plan) {
        this.sql = new Sql(connection);
        this.model = model;
        this.plan = plan;
        this.generations = new Generations(connection, model);
        this.texts = new LiveTexts(plan);
    }

    /**
     * Builds it in the transaction that has begun.
     *
     * @param versions of what it reads, in the transaction's snapshot
     */
    Generation build(Map<String, Long> versions) throws SQLException {
        Generation planned =
                new Generation(generations.nextNumber(), plan.definition(), 0, Map.of());
        RelationName fresh = Generation.fresh(model.relation());
        sql.execute("CREATE SCHEMA IF NOT EXISTS " + RelationName.quote(fresh.schema()));
        sql.execute("DROP TABLE IF EXISTS " + fresh.quoted());
        Map<String, Long> blocks = new HashMap<>();
        for (Map.Entry<String, LiveInput> each : plan.relations().entrySet()) {
            // Before the rest, as others go on adding to it.
            blocks.put(each.getKey(), blocks(each.getValue()));
        }
        String full = LiveQuery.read(plan.query().full(), plan.tables());
        switch (plan.form()) {
            case Additive form -> add(form, planned.state(), fresh, full);
            case LiveForm.Recomputed _ -> {
                sql.execute("CREATE TABLE %s AS\n%s".formatted(fresh.quoted(), full));
                index(fresh, plan.query().keys().stream().map(RelationName::quote).toList(), "");
            }
        }
        Map<String, Cursor> cursors = new HashMap<>();
        for (Map.Entry<String, LiveInput> each : plan.relations().entrySet()) {
            LiveInput input = each.getValue();
            if (input.kind() != LiveInput.Kind.APPENDED) {
                shadow(planned.shadow(input), input);
            }
            cursors.put(
                    each.getKey(),
                    new Cursor(
                            versions.getOrDefault(each.getKey(), 0L),
                            generations.oid(input.relation()),
                            blocks.getOrDefault(each.getKey(), 0L)));
        }
        // In the transaction that makes it: it has a name by which it could be read.
        String protection = TenantTables.statement(fresh, model.options().tenancy());
        if (!protection.isEmpty()) {
            sql.execute(protection);
        }
        return generations.add(planned.number(), plan, fresh, cursors);
    }

    private void add(Additive form, RelationName state, RelationName fresh, String full)
            throws SQLException {
        String delta = LiveQuery.read(form.delta(), plan.tables());
        sql.execute(
                "CREATE TABLE %s AS\n%s".formatted(state.quoted(), texts.partials(form, delta)));
        sql.execute("ALTER TABLE %s SET (fillfactor = 70)".formatted(state.quoted()));
        index(state, texts.stateKeys(form), "UNIQUE");
        // The query itself decides the types.
        sql.execute(
                "CREATE TABLE %s WITH (fillfactor = 70) AS\n%s\nWITH NO DATA"
                        .formatted(fresh.quoted(), full));
        sql.execute(
                "INSERT INTO %s\n%s"
                        .formatted(fresh.quoted(), texts.rows(form, state.quoted(), "")));
        if (!form.keys().isEmpty()) {
            index(fresh, form.keys().stream().map(RelationName::quote).toList(), "UNIQUE");
        }
    }

    private void index(RelationName table, List<String> columns, String unique)
            throws SQLException {
        sql.execute(
                "CREATE %s INDEX ON %s (%s) %s"
                        .formatted(
                                unique,
                                table.quoted(),
                                columns.stream().limit(MAX_KEYS).collect(Collectors.joining(", ")),
                                unique.isEmpty() ? "" : "NULLS NOT DISTINCT"));
    }

    private void shadow(RelationName shadow, LiveInput input) throws SQLException {
        sql.execute(
                "CREATE TABLE %s AS SELECT %s FROM %s"
                        .formatted(
                                shadow.quoted(),
                                LiveTexts.shadowColumns(plan.query(), input),
                                input.relation().quoted()));
        if (input.identity() != null) {
            index(shadow, List.of(RelationName.quote(input.identity())), "");
        }
        sql.execute("ANALYZE " + shadow.quoted());
    }

    /** How many blocks a table has, as what comes later mostly stands behind them. */
    private long blocks(LiveInput input) throws SQLException {
        return sql.query(
                        "SELECT coalesce(pg_relation_size(to_regclass(?)), 0)"
                                + " / current_setting('block_size')::bigint",
                        row -> row.getLong(1),
                        input.relation().quoted())
                .getFirst();
    }
}
