package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds new rows to a table that is there: they are made in a temporary table, from which a macro of
 * the strategy takes them over, all in one transaction.
 */
final class IncrementalTable {

    private static final int MAX_BYTES = 63;

    private final Session session;
    private final Build build;
    private final Increment increment;

    IncrementalTable(Session session, Build build, Increment increment) {
        this.session = session;
        this.build = build;
        this.increment = increment;
    }

    Built add() throws SQLException, ModelSqlException, BuildFailedException {
        String temporary = temporaryName(build.target().name());
        GrowthGuard guard = GrowthGuard.of(session, build);
        Session.Outcome outcome =
                session.transaction(
                        () -> {
                            Session.Outcome done = takeOver(temporary, guard);
                            Trimmings.add(session, build.target(), build);
                            build.audit().look(build.target());
                            Hooks.placing(session, build.after());
                            return done;
                        });
        return Built.of(outcome);
    }

    /** Cut as dbt cuts it, so that a long name keeps its end. */
    private static String temporaryName(String target) {
        String end = "__dbt_tmp";
        String head = target;
        while ((head + end).getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_BYTES) {
            head = head.substring(0, head.length() - 1);
        }
        return head + end;
    }

    private Session.Outcome takeOver(String temporary, GrowthGuard guard)
            throws SQLException, ModelSqlException, BuildFailedException {
        SqlMacros macros = increment.macros();
        Object target = macros.relation(build.target(), "table");
        Object fresh = macros.relation(null, temporary, "table");
        session.execute("DROP TABLE IF EXISTS pg_temp." + RelationName.quote(temporary));
        guard.check(
                Materializer.modelOutcome(
                        session,
                        macros.text(
                                "get_create_table_as_sql", true, fresh, guard.guarded(build.sql())),
                        build.sql()));
        ColumnWidths.expand(session, "pg_temp." + RelationName.quote(temporary), build.target());
        Object columns =
                macros.call("process_schema_changes", increment.onSchemaChange(), fresh, target);
        if (isNothing(columns)) {
            columns = increment.columns().get();
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("target_relation", target);
        arguments.put("temp_relation", fresh);
        arguments.put("unique_key", increment.uniqueKey());
        arguments.put("dest_columns", columns);
        arguments.put("incremental_predicates", increment.predicates());
        String sql = macros.strategy(increment.strategy(), arguments);
        try {
            Session.Outcome outcome = session.run(sql, 1);
            session.execute("DROP TABLE IF EXISTS pg_temp." + RelationName.quote(temporary));
            return outcome;
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                throw new BuildFailedException(
                        "its new rows could not be added by '"
                                + increment.strategy()
                                + "': "
                                + Session.problem(e));
            }
            throw e;
        }
    }

    private static boolean isNothing(@Nullable Object columns) {
        return columns == null
                || (columns instanceof Map<?, ?> map && map.isEmpty())
                || (columns instanceof Collection<?> list && list.isEmpty())
                || !(columns instanceof Collection<?>);
    }
}
