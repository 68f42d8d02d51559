package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Values;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Adds the states that a query's rows are in now to the table of those they were in, all in one
 * transaction. What that takes is written by dbt's macros of snapshots, so that projects may have
 * their own of them.
 */
final class SnapshotTable {

    /** Columns of the staging table that tell what to do, and are no part of a row. */
    private static final Set<String> STEERING = Set.of("dbt_change_type", "dbt_unique_key");

    private static final String NUMBERED_KEY = "dbt_unique_key_";

    private final Session session;
    private final Build build;
    private final Snapshot snapshot;
    private final SqlMacros macros;

    SnapshotTable(Session session, Build build, Snapshot snapshot) {
        this.session = session;
        this.build = build;
        this.snapshot = snapshot;
        this.macros = snapshot.macros();
    }

    Built take() throws SQLException, ModelSqlException, BuildFailedException {
        Session.Outcome outcome =
                session.transaction(
                        () -> {
                            Session.Outcome done = taken();
                            Trimmings.add(session, build.target(), build);
                            Hooks.placing(session, build.after());
                            return done;
                        });
        return Built.of(outcome);
    }

    private Session.Outcome taken() throws SQLException, ModelSqlException, BuildFailedException {
        Optional<Catalog.Existing> existing = new Catalog(session).find(build.target());
        if (existing.isPresent() && !existing.get().isTable()) {
            throw new BuildFailedException(
                    "there is a "
                            + existing.get().keyword().toLowerCase(Locale.ROOT)
                            + " of that name, and a snapshot is a table; drop or rename it");
        }
        boolean there = existing.isPresent();
        Object model = macros.value("model");
        Object strategy =
                macros.apply(
                        macros.call("strategy_dispatch", snapshot.strategy()),
                        model,
                        "snapshotted_data",
                        "source_data",
                        config(model),
                        there);
        return there ? added(strategy) : created(strategy);
    }

    private static Object config(Object model) {
        Object config = model instanceof Map<?, ?> map ? map.get("config") : null;
        return config == null ? Map.of() : config;
    }

    private Session.Outcome created(Object strategy) throws SQLException, ModelSqlException {
        String query = macros.text("build_snapshot_table", strategy, build.sql());
        macros.call("check_time_data_types", query);
        Object target = macros.relation(build.target(), "table");
        Session.Outcome outcome =
                Materializer.modelOutcome(
                        session, macros.text("create_table_as", false, target, query), build.sql());
        for (Build.Index index : build.options().indexes()) {
            session.execute(Trimmings.index(build.target(), index));
        }
        return outcome;
    }

    private Session.Outcome added(Object strategy) throws SQLException, BuildFailedException {
        Object target = macros.relation(build.target(), "table");
        rejectIncomplete(target, strategy);
        String changes = macros.text("snapshot_staging_table", strategy, build.sql(), target);
        Object staging = macros.call("build_snapshot_staging_table", strategy, build.sql(), target);
        ColumnWidths.expand(session, Values.text(staging), build.target());
        macros.call(
                "create_columns",
                target,
                Values.of(rowsOwn(macros.adapter("get_missing_columns", staging, target))));
        List<String> columns = new ArrayList<>();
        for (Object column : rowsOwn(macros.adapter("get_columns_in_relation", staging))) {
            columns.add(RelationName.quote(name(column)));
        }
        String merge = macros.text("snapshot_merge_sql", target, staging, Values.of(columns));
        macros.call("check_time_data_types", changes);
        Session.Outcome outcome = session.run(merge, 1);
        macros.call("post_snapshot", staging);
        session.execute("DROP TABLE IF EXISTS " + Values.text(staging));
        return outcome;
    }

    /** A table that was made under other names, or by something else, must not be added to. */
    private void rejectIncomplete(Object target, Object strategy) throws BuildFailedException {
        Set<String> missing = new TreeSet<>(snapshot.columns().values());
        boolean recordsDeletes =
                strategy instanceof Map<?, ?> map && "new_record".equals(map.get("hard_deletes"));
        if (!recordsDeletes) {
            missing.remove(snapshot.columns().get("dbt_is_deleted"));
        }
        for (Object column : (Collection<?>) macros.adapter("get_columns_in_relation", target)) {
            missing.removeIf(name(column)::equalsIgnoreCase);
        }
        if (!missing.isEmpty()) {
            throw new BuildFailedException(
                    "the table that is there lacks columns of a snapshot: "
                            + String.join(", ", missing)
                            + "; it is something else, or was made before"
                            + " 'snapshot_meta_column_names' or 'hard_deletes' were set as they"
                            + " are: add them to it, or rename it");
        }
    }

    private static List<Object> rowsOwn(Object columns) {
        return ((Collection<?>) columns)
                .stream()
                        .<Object>map(column -> column)
                        .filter(
                                column ->
                                        !STEERING.contains(name(column).toLowerCase(Locale.ROOT))
                                                && !name(column).startsWith(NUMBERED_KEY))
                        .toList();
    }

    private static String name(Object column) {
        return column instanceof HasAttributes attributes
                ? String.valueOf(attributes.attribute("name"))
                : Values.text(column);
    }
}
