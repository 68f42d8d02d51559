package dev.millrace.transform.command;

import dev.millrace.transform.run.node.Batch;
import dev.millrace.transform.run.node.BatchResults;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@code run_results.json} says of an earlier run. */
final class EarlierRun {

    private static final String FILE = "run_results.json";
    private static final Set<String> UNDONE =
            Set.of("error", "fail", "skipped", "partial success", "runtime error");

    private final JsonNode file;

    private EarlierRun(JsonNode file) {
        this.file = file;
    }

    static EarlierRun read(Path directory) throws CommandFailedException {
        Path path = directory.resolve(FILE);
        if (!Files.isRegularFile(path)) {
            throw new CommandFailedException(
                    "there is no " + path + ", so there is no run to do again; run build first");
        }
        try {
            return new EarlierRun(JsonMapper.shared().readTree(Files.readAllBytes(path)));
        } catch (IOException | JacksonException e) {
            throw new CommandFailedException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** dbt's word for the command. */
    String command() {
        return file.path("args").path("which").asString("");
    }

    /** Ids of what failed or was skipped. */
    List<String> unfinished() {
        List<String> ids = new ArrayList<>();
        for (JsonNode result : file.path("results")) {
            if (UNDONE.contains(result.path("status").asString(""))) {
                ids.add(result.path("unique_id").asString(""));
            }
        }
        return ids;
    }

    /** How the batches of models ended of which some failed, by id. */
    Map<String, BatchResults> batches() throws CommandFailedException {
        Map<String, BatchResults> batches = new HashMap<>();
        for (JsonNode result : file.path("results")) {
            JsonNode of = result.path("batch_results");
            if (of.isObject() && !of.path("failed").isEmpty()) {
                batches.put(
                        result.path("unique_id").asString(""),
                        new BatchResults(
                                batches(of.path("successful")), batches(of.path("failed"))));
            }
        }
        return batches;
    }

    private static List<Batch> batches(JsonNode times) throws CommandFailedException {
        List<Batch> batches = new ArrayList<>();
        try {
            for (JsonNode each : times) {
                Instant from = moment(each.path(0).asString(""));
                batches.add(new Batch(from.toString(), from, moment(each.path(1).asString(""))));
            }
        } catch (DateTimeParseException e) {
            throw new CommandFailedException(FILE + " has a batch without times", e);
        }
        return batches;
    }

    private static Instant moment(String text) {
        return Instant.parse(
                text.endsWith("Z") || text.matches(".*[+-]\\d\\d:\\d\\d") ? text : text + "Z");
    }

    /** Options of its building, as on the command line. */
    List<String> building() {
        List<String> options = new ArrayList<>();
        for (String flag : List.of("full_refresh", "fail_fast", "empty", "store_failures")) {
            if (file.path("args").path(flag).asBoolean(false)) {
                options.add("--" + flag.replace('_', '-'));
            }
        }
        for (String value : List.of("event_time_start", "event_time_end")) {
            value(value, options);
        }
        return options;
    }

    /** Options of its deferral, as on the command line. */
    List<String> deferral() {
        List<String> options = new ArrayList<>();
        for (String flag : List.of("defer", "favor_state")) {
            if (file.path("args").path(flag).asBoolean(false)) {
                options.add("--" + flag.replace('_', '-'));
            }
        }
        value("state", options);
        value("defer_state", options);
        return options;
    }

    private void value(String name, List<String> options) {
        JsonNode value = file.path("args").path(name);
        if (value.isString()) {
            options.add("--" + name.replace('_', '-'));
            options.add(value.asString());
        }
    }

    /** All its options, for the file of this run. */
    Map<String, Object> arguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        file.path("args")
                .propertyStream()
                .forEach(
                        each ->
                                arguments.put(
                                        each.getKey(),
                                        JsonMapper.shared()
                                                .convertValue(each.getValue(), Object.class)));
        return arguments;
    }
}
