package dev.millrace.transform.run;

import dev.millrace.transform.materialization.live.LiveKeeping;
import dev.millrace.transform.materialization.live.LiveState;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Shows the models of the project, what they read, and how they are. */
@RestController
@RequestMapping("/operator/models")
class ModelEndpoint {

    private final Supplier<ProjectModels> models;
    private final ModelState state;
    private final LiveKeeping live;

    ModelEndpoint(Supplier<ProjectModels> models, ModelState state, LiveKeeping live) {
        this.models = models;
        this.state = state;
        this.live = live;
    }

    record ModelsView(
            String revision,
            List<ModelView> models,
            List<SourceView> sources,
            List<String> notices) {}

    record ModelView(
            String node,
            String name,
            String resourceType,
            String path,
            @Nullable String relation,
            String materialized,
            List<String> tags,
            Map<String, @Nullable Object> config,
            String description,
            Map<String, String> columns,
            List<String> reads,
            List<String> readBy,
            @Nullable StatusView last,
            @Nullable LiveView live) {}

    /** How a live model is now, whereas {@code last} tells of runs. */
    record LiveView(String state, String form, @Nullable String message, Instant since) {

        static @Nullable LiveView of(@Nullable LiveState live) {
            return live == null
                    ? null
                    : new LiveView(live.state(), live.form(), live.message(), live.since());
        }
    }

    record SourceView(String node, String relation, List<String> readBy) {}

    record StatusView(
            String status,
            String revision,
            String run,
            @Nullable Long rows,
            @Nullable String message,
            Instant attemptedAt,
            @Nullable Instant builtAt) {

        static @Nullable StatusView of(ModelState.@Nullable Attempt attempt) {
            return attempt == null
                    ? null
                    : new StatusView(
                            attempt.status().text(),
                            attempt.revision(),
                            attempt.run(),
                            attempt.rows(),
                            attempt.message(),
                            attempt.attemptedAt(),
                            attempt.builtAt());
        }
    }

    @GetMapping
    ModelsView models() throws SQLException {
        ProjectModels current = models.get();
        String revision = current.project().revision();
        if (current.graph().isEmpty()) {
            return new ModelsView(revision, List.of(), List.of(), List.of());
        }
        Manifest graph = current.graph().get();
        Map<String, ModelState.Attempt> attempts = state.attempts();
        Map<String, LiveState> states = live.states();
        return new ModelsView(
                revision,
                graph.nodes().values().stream()
                        .filter(node -> node.settings().enabled())
                        .map(
                                node ->
                                        model(
                                                graph,
                                                node,
                                                attempts.get(node.id()),
                                                states.get(node.id())))
                        .toList(),
                graph.sources().values().stream().map(table -> source(graph, table)).toList(),
                current.warnings().stream().map(String::valueOf).toList());
    }

    private static ModelView model(
            Manifest graph,
            Node node,
            ModelState.@Nullable Attempt attempt,
            @Nullable LiveState live) {
        Map<String, String> columns = new LinkedHashMap<>();
        node.columns().forEach((name, column) -> columns.put(name, column.description()));
        return new ModelView(
                node.id(),
                node.name(),
                node.type().label(),
                node.position().file(),
                node.isBuilt() ? node.relationName().toString() : null,
                node.materialized(),
                node.settings().tags(),
                node.settings().all(),
                node.properties().description(),
                columns,
                graph.parents(node.id()).stream().sorted().toList(),
                graph.children(node.id()).stream().sorted().toList(),
                StatusView.of(attempt),
                LiveView.of(live));
    }

    private static SourceView source(Manifest graph, SourceTable table) {
        return new SourceView(
                table.id(),
                table.relation().name().toString(),
                graph.children(table.id()).stream().sorted().toList());
    }
}
