package dev.millrace.transform.run.node;

import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.AfterHookFailedException;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Increment;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeSettings;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.Set;

/** Builds an incremental model: from nothing, or by adding what is new. */
final class IncrementalModel {

    private static final Set<String> ON_SCHEMA_CHANGE =
            Set.of("ignore", "fail", "append_new_columns", "sync_all_columns");

    private final Attempt attempt;
    private final Materializer materializer;

    IncrementalModel(Attempt attempt, Materializer materializer) {
        this.attempt = attempt;
        this.materializer = materializer;
    }

    /** Whether a run builds a model anew that could be added to. */
    static boolean fromNothing(Node node, Compiler compiler) {
        Object own = node.settings().get("full_refresh");
        return own == null
                ? compiler.workspace().invocation().fullRefresh()
                : node.settings().flag("full_refresh", false);
    }

    NodeOutcome run(Build build)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return fromNothing(attempt.node(), attempt.compiler()) ? make(build) : add(build);
    }

    NodeOutcome make(Build build)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return Relations.built(materializer.build(attempt.session(), build));
    }

    NodeOutcome add(Build build)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        NodeSettings settings = attempt.node().settings();
        NodeMacros macros = attempt.macros();
        Object target = macros.relation(attempt.node().relationName(), "table");
        Increment increment =
                new Increment(
                        macros,
                        strategy(settings),
                        value(settings, "unique_key"),
                        onSchemaChange(settings),
                        predicates(settings),
                        () -> macros.call("get_columns_in_relation", target));
        return Relations.built(materializer.increment(attempt.session(), build, increment));
    }

    private static String strategy(NodeSettings settings) {
        String strategy = settings.text("incremental_strategy");
        return strategy == null || strategy.equals("default") ? "default" : strategy;
    }

    private static Object value(NodeSettings settings, String name) {
        @Nullable Object value = settings.get(name);
        return value == null ? None.NONE : Values.of(value);
    }

    private static Object predicates(NodeSettings settings) {
        Object predicates = value(settings, "predicates");
        return predicates == None.NONE ? value(settings, "incremental_predicates") : predicates;
    }

    /** As in dbt, what is none of them is ignored, and told. */
    private String onSchemaChange(NodeSettings settings) {
        String setting = settings.text("on_schema_change", "ignore");
        if (!ON_SCHEMA_CHANGE.contains(setting)) {
            attempt.compiler()
                    .workspace()
                    .log()
                    .warn(
                            attempt.node().position().file(),
                            "'on_schema_change' is one of ignore, fail, append_new_columns,"
                                    + " sync_all_columns, not '"
                                    + setting
                                    + "'; new columns are ignored");
            return "ignore";
        }
        return setting;
    }
}
