package dev.millrace.transform.run.node;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.materialization.AfterHookFailedException;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiled;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.WarehouseException;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.python.DateTimeValue;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Builds a model batch by batch, each in a transaction of its own: what one has built stays when
 * another fails. Its inputs give the rows of the batch's time only.
 */
final class MicrobatchModel {

    private static final String TABLE =
            """
            SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
            """;

    private final Session session;
    private final NodeWarehouse warehouse;
    private final Node node;
    private final Manifest manifest;
    private final Compiler compiler;
    private final Materializer materializer;
    private final List<Batch> successful = new ArrayList<>();
    private final List<Batch> failed = new ArrayList<>();
    private long rows;
    private @Nullable String firstProblem;

    MicrobatchModel(
            Session session,
            NodeWarehouse warehouse,
            Node node,
            Manifest manifest,
            Compiler compiler,
            Materializer materializer) {
        this.session = session;
        this.warehouse = warehouse;
        this.node = node;
        this.manifest = manifest;
        this.compiler = compiler;
        this.materializer = materializer;
    }

    static boolean isOne(Node node) {
        return node.materialized().equals("incremental")
                && "microbatch".equals(node.settings().text("incremental_strategy"));
    }

    /**
     * @param before how its batches ended the last time, to build those again that failed; null to
     *     build those that are due
     */
    NodeOutcome run(
            @Nullable BatchResults before, Set<RelationName> later, Consumer<String> compiled)
            throws SQLException, BuildFailedException {
        boolean there =
                !session.rows(TABLE, node.relationName().schema(), node.relationName().name())
                        .isEmpty();
        boolean adding = there && (before != null || !IncrementalModel.fromNothing(node, compiler));
        List<Batch> batches =
                before == null
                        ? new Batches(node.settings(), compiler.workspace().invocation()).of(adding)
                        : before.failed();
        if (before != null) {
            successful.addAll(before.successful());
        }
        for (int i = 0; i < batches.size(); i++) {
            boolean added = adding || i > 0;
            one(batches.get(i), added, i == 0, i == batches.size() - 1, later, compiled);
            if (!added && !failed.isEmpty()) {
                // There is nothing that the others could be added to.
                failed.addAll(batches.subList(1, batches.size()));
                break;
            }
        }
        return outcome();
    }

    private void one(
            Batch batch,
            boolean added,
            boolean first,
            boolean last,
            Set<RelationName> later,
            Consumer<String> compiled)
            throws SQLException {
        Compiler within =
                compiler.substituting(new BatchInputs(manifest, compiler, batch))
                        .seeing(names -> describe(names, batch));
        @Nullable Compiled sql = null;
        try {
            sql = within.compile(node);
            compiled.accept(sql.sql());
            Compiler building =
                    added
                            ? within.seeing(
                                    names -> {
                                        describe(names, batch);
                                        names.overriding("is_incremental", (Invocable) a -> true);
                                        names.overriding(
                                                "should_full_refresh", (Invocable) a -> false);
                                    })
                            : within;
            Attempt attempt = new Attempt(session, warehouse, node, building, sql, later);
            Build request = attempt.request();
            Build build =
                    request.with(
                            first ? request.before() : List.of(),
                            last ? request.after() : List.of());
            IncrementalModel model = new IncrementalModel(attempt, materializer);
            NodeOutcome outcome = added ? model.add(build) : model.make(build);
            rows += outcome.rows() == null ? 0 : outcome.rows();
            successful.add(batch);
        } catch (ModelSqlException e) {
            fail(batch, sql == null ? e.getMessage() : NodeRunner.located(node, sql, e));
        } catch (BuildFailedException | AfterHookFailedException | JinjaException e) {
            fail(batch, e.getMessage());
        } catch (WarehouseException e) {
            fail(batch, problem(e.failure()));
        } catch (SQLException e) {
            fail(batch, problem(e));
        }
    }

    /** Why a batch failed; if the run was stopped, none of the others is begun. */
    private static String problem(SQLException e) throws SQLException {
        if (Session.CANCELLED.equals(e.getSQLState())) {
            throw e;
        }
        return Session.problem(e);
    }

    private void fail(Batch batch, @Nullable String problem) {
        failed.add(batch);
        if (firstProblem == null) {
            firstProblem = "batch " + batch.id() + ": " + problem;
        }
    }

    private void describe(TemplateNames names, Batch batch) {
        DictValue described = new DictValue();
        described.put("id", batch.id());
        described.put("event_time_start", DateTimeValue.utc(batch.start()));
        described.put("event_time_end", DateTimeValue.utc(batch.end()));
        if (names.find("model") instanceof DictValue model) {
            // An ephemeral model that is read has none.
            if (node.id().equals(model.get("unique_id"))) {
                model.put("batch", described);
            }
        }
    }

    private NodeOutcome outcome() {
        BatchResults results = new BatchResults(successful, failed);
        if (failed.isEmpty()) {
            return NodeOutcome.success(rows, "SUCCESS").with(results);
        }
        if (successful.isEmpty()) {
            return NodeOutcome.error("ERROR: " + firstProblem).with(results);
        }
        String message =
                "PARTIAL SUCCESS ("
                        + successful.size()
                        + "/"
                        + (successful.size() + failed.size())
                        + "): "
                        + firstProblem;
        return new NodeOutcome(NodeStatus.PARTIAL_SUCCESS, rows, null, message, true).with(results);
    }
}
