package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.AfterHookFailedException;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Built;
import dev.millrace.transform.materialization.ConfigurationChange;
import dev.millrace.transform.materialization.LiveTables;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.SeedTable;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.materialization.Snapshot;
import dev.millrace.transform.materialization.TenantTables;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.SnapshotColumns;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Makes a node's relation in the way that it is materialized. */
final class Relations {

    private static final String LIVE = "live";

    private final Materializer materializer;
    private final LiveTables liveTables;
    private final Audits audits;
    private final Growth growth;
    private final Function<String, String> fileText;

    Relations(
            Manifest manifest,
            Materializer materializer,
            LiveTables liveTables,
            Function<String, String> fileText) {
        this.materializer = materializer;
        this.liveTables = liveTables;
        this.audits = new Audits(manifest);
        this.growth = new Growth(manifest);
        this.fileText = fileText;
    }

    NodeOutcome make(Attempt attempt)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        Node node = attempt.node();
        if (node.type() == ResourceType.SEED) {
            Build build = attempt.request().audited(audits.of(attempt));
            return built(materializer.seed(attempt.session(), build, seed(node)));
        }
        CustomMaterialization custom =
                new CustomMaterialization(
                        attempt.session(), attempt.warehouse(), node, attempt.compiler());
        if (custom.exists()) {
            Audits.refuse(node, "what a materialization of the project's own makes");
            Build build = attempt.request();
            NodeOutcome outcome = custom.run(attempt.compiled().sql());
            // Whatever that has made: its macros commit when they like.
            if (build.options().tenancy().rule() != Build.Tenancy.Rule.OPEN) {
                TenantTables.protect(attempt.session(), build.target(), build.options().tenancy());
            }
            return outcome;
        }
        return switch (node.materialized()) {
            case "ephemeral" -> NodeOutcome.success(null, "EPHEMERAL");
            case "view", "table" -> built(materializer.build(attempt.session(), checked(attempt)));
            case "incremental" -> new IncrementalModel(attempt, materializer).run(checked(attempt));
            case "materialized_view" -> {
                Audits.refuse(node, "a materialized view");
                yield materializedView(attempt);
            }
            case LIVE -> {
                Audits.refuse(node, "a live model");
                yield live(attempt);
            }
            case "snapshot" -> {
                Audits.refuse(node, "a snapshot");
                yield built(
                        materializer.snapshot(
                                attempt.session(),
                                attempt.request(),
                                new Snapshot(
                                        attempt.macros(),
                                        node.settings().text("strategy", ""),
                                        SnapshotColumns.of(node.settings()))));
            }
            default ->
                    throw new BuildFailedException(
                            "'"
                                    + node.materialized()
                                    + "' is no materialization that is known here");
        };
    }

    /**
     * What a test found before the rows that it is about were published; null if it did not look.
     */
    @Nullable NodeOutcome audited(Node test) {
        return audits.take(test);
    }

    private Build checked(Attempt attempt) throws SQLException, BuildFailedException {
        return attempt.request().growingTo(growth.of(attempt)).audited(audits.of(attempt));
    }

    /** What follows a table of a node's name by itself is to end if the node is none of these. */
    void end(Session session, Node node) throws SQLException {
        if (node.isBuilt() && !node.materialized().equals(LIVE)) {
            liveTables.leave(session, node.relationName());
        }
    }

    private NodeOutcome live(Attempt attempt)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        Node node = attempt.node();
        if (liveTables == LiveTables.NONE) {
            attempt.compiler()
                    .workspace()
                    .log()
                    .warn(
                            node.position().file(),
                            node.relationName()
                                    + " is built as a table that stays as it is; the service keeps"
                                    + " live models up to date");
            return built(materializer.build(attempt.session(), attempt.request()));
        }
        Built built =
                materializer.follow(
                        attempt.session(),
                        node.id(),
                        attempt.request(),
                        liveTables,
                        IncrementalModel.fromNothing(node, attempt.compiler())
                                ? LiveTables.Anew.ALWAYS
                                : LiveTables.Anew.IF_NEEDED);
        // Who keeps it up to date has told what became of it.
        return new NodeOutcome(NodeStatus.SUCCESS, built.rows(), null, built.message(), false);
    }

    private NodeOutcome materializedView(Attempt attempt)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        Node node = attempt.node();
        if (IncrementalModel.fromNothing(node, attempt.compiler())) {
            return built(materializer.build(attempt.session(), attempt.request()));
        }
        String setting = node.settings().text("on_configuration_change", "apply");
        ConfigurationChange change =
                ConfigurationChange.named(setting)
                        .orElseThrow(
                                () ->
                                        new BuildFailedException(
                                                "'on_configuration_change' is apply, continue or"
                                                        + " fail, not '"
                                                        + setting
                                                        + "'"));
        Built built = materializer.refresh(attempt.session(), attempt.request(), change);
        if (built.message().startsWith("skip ")) {
            attempt.compiler()
                    .workspace()
                    .log()
                    .warn(
                            node.position().file(),
                            "the indexes of "
                                    + node.relationName()
                                    + " are to be others than they are; it is left as it is, as"
                                    + " 'on_configuration_change' is 'continue'");
        }
        return built(built);
    }

    /**
     * Makes a view of a query in a node's place, without what is said of the node's own relation.
     */
    NodeOutcome view(Session session, Node node, Compiler compiler, String sql)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        NodeMacros macros = new NodeMacros(compiler, node, sql);
        return built(
                materializer.build(
                        session,
                        new Build(
                                node.relationName(),
                                Build.Kind.VIEW,
                                sql,
                                (name, kind, query) ->
                                        macros.text(
                                                "get_create_view_as_sql",
                                                macros.relation(name, "view"),
                                                query),
                                Build.Options.NONE.with(
                                        TenantRule.of(session, node, compiler, sql, true)),
                                List.of(),
                                List.of(),
                                Set.of())));
    }

    static NodeOutcome built(Built built) {
        return NodeOutcome.success(built.rows(), built.message());
    }

    private SeedTable seed(Node node) throws BuildFailedException {
        Map<String, String> types = new TreeMap<>();
        node.settings()
                .map("column_types")
                .forEach((column, type) -> types.put(column, String.valueOf(type)));
        String sign = node.settings().text("delimiter", ",");
        return SeedTable.parse(
                fileText.apply(node.position().file()),
                new SeedTable.Format(
                        sign.isEmpty() ? ',' : sign.charAt(0),
                        types,
                        node.settings().flag("quote_columns", true)));
    }
}
