package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.run.node.Batch;
import dev.millrace.transform.run.node.BatchResults;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The artifacts that tell how something went: {@code run_results.json}, {@code sources.json}. */
final class ResultFiles {

    private static final double NANOS = 1e9;

    private final ArtifactHeader header;
    private final Instant now;

    ResultFiles(ArtifactHeader header, Instant now) {
        this.header = header;
        this.now = now;
    }

    void runResults(
            JsonGenerator json,
            List<RunResult> results,
            Duration elapsed,
            Map<String, Object> arguments) {
        begin(json, "run-results/v6");
        json.writeArrayPropertyStart("results");
        results.forEach(result -> JsonValues.write(json, of(result)));
        json.writeEndArray();
        json.writeNumberProperty("elapsed_time", seconds(elapsed));
        JsonValues.write(json, "args", arguments);
        json.writeEndObject();
    }

    void sources(JsonGenerator json, List<FreshnessResult> results, Duration elapsed) {
        begin(json, "sources/v3");
        json.writeArrayPropertyStart("results");
        results.forEach(result -> JsonValues.write(json, of(result)));
        json.writeEndArray();
        json.writeNumberProperty("elapsed_time", seconds(elapsed));
        json.writeEndObject();
    }

    private void begin(JsonGenerator json, String schema) {
        json.writeStartObject();
        json.writeObjectPropertyStart("metadata");
        header.write(json, schema, now);
        json.writeEndObject();
    }

    private static Map<String, @Nullable Object> of(RunResult result) {
        Entry entry =
                new Entry()
                        .put("status", status(result.status()))
                        .put("timing", timing(result.timing()))
                        .put("thread_id", result.thread())
                        .put("execution_time", seconds(result.duration()))
                        .put(
                                "adapter_response",
                                result.response() == null ? Map.of() : result.response().values())
                        .put("message", result.message())
                        .put("failures", result.failures())
                        .put("unique_id", result.id())
                        .put("compiled", result.compilable() ? result.compiledCode() != null : null)
                        .put("compiled_code", result.compiledCode())
                        .put("relation_name", result.relationName());
        if (result.batches() != null) {
            entry.put("batch_results", of(result.batches()));
        }
        return entry.values();
    }

    /**
     * dbt's artifacts have no word for what was stopped: like what was skipped, it was not done.
     */
    private static String status(NodeStatus status) {
        return switch (status) {
            case CANCELLED, PENDING, RUNNING -> NodeStatus.SKIPPED.text();
            default -> status.text();
        };
    }

    private static Map<String, Object> of(BatchResults batches) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("successful", times(batches.successful()));
        map.put("failed", times(batches.failed()));
        return map;
    }

    private static List<List<String>> times(List<Batch> batches) {
        return batches.stream()
                .map(
                        batch ->
                                List.of(
                                        ArtifactHeader.time(batch.start()),
                                        ArtifactHeader.time(batch.end())))
                .toList();
    }

    private static List<Map<String, @Nullable Object>> timing(List<RunResult.Timing> timing) {
        List<Map<String, @Nullable Object>> stages = new ArrayList<>();
        for (RunResult.Timing stage : timing) {
            stages.add(
                    new Entry()
                            .put("name", stage.name())
                            .put("started_at", ArtifactHeader.time(stage.startedAt()))
                            .put("completed_at", ArtifactHeader.time(stage.completedAt()))
                            .values());
        }
        return stages;
    }

    private static Map<String, @Nullable Object> of(FreshnessResult result) {
        return switch (result) {
            case FreshnessResult.Failed failed ->
                    new Entry()
                            .put("unique_id", failed.id())
                            .put("error", failed.problem())
                            .put("status", "runtime error")
                            .values();
            case FreshnessResult.Measured measured ->
                    new Entry()
                            .put("unique_id", measured.id())
                            .put("max_loaded_at", ArtifactHeader.time(measured.newest()))
                            .put("snapshotted_at", ArtifactHeader.time(measured.lookedAt()))
                            .put("max_loaded_at_time_ago_in_s", seconds(measured.age()))
                            .put("status", measured.status().text())
                            .put("criteria", criteria(measured.criteria()))
                            .put("adapter_response", Map.of())
                            .put("timing", timing(measured.timing()))
                            .put("thread_id", measured.thread())
                            .put("execution_time", seconds(total(measured.timing())))
                            .values();
        };
    }

    /** The ages at which a source table is told to be old. */
    static Map<String, @Nullable Object> criteria(SourceTable.Freshness freshness) {
        return new Entry()
                .put("warn_after", age(freshness.warnAfter()))
                .put("error_after", age(freshness.errorAfter()))
                .put("filter", freshness.filter())
                .values();
    }

    private static Map<String, @Nullable Object> age(SourceTable.@Nullable Age age) {
        return new Entry()
                .put("count", age == null ? null : age.count())
                .put("period", age == null ? null : age.period())
                .values();
    }

    private static Duration total(List<RunResult.Timing> timing) {
        return timing.stream()
                .map(RunResult.Timing::duration)
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static double seconds(Duration duration) {
        return duration.toSeconds() + duration.toNanosPart() / NANOS;
    }
}
