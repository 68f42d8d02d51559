package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.UnitTest;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.select.Selection;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells what is selected. */
@picocli.CommandLine.Command(
        name = "ls",
        aliases = "list",
        mixinStandardHelpOptions = true,
        description = "List what is selected, a line each.")
final class ListCommand extends ProjectCommand {

    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "selector",
            description = "selector, name, path or json")
    private String output = "selector";

    @Option(
            names = "--output-keys",
            arity = "1..*",
            paramLabel = "KEY",
            description = "keys of json (default: all)")
    private List<String> keys = List.of();

    ListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** What of a resource can be listed. */
    private record Line(
            String id,
            String type,
            String name,
            String selector,
            String path,
            Map<String, @Nullable Object> more) {}

    @Override
    int run(Console console) throws CommandFailedException, InvalidSelectionException, IOException {
        OpenProject project = open(console);
        Selection selected = selection(project, selection.criteria(Command.LS, project), console);
        if (selected.ids().isEmpty()) {
            console.complain("No nodes selected!");
            return 0;
        }
        for (Line line : lines(selected)) {
            console.give(written(line));
        }
        return 0;
    }

    private String written(Line line) throws CommandFailedException {
        return switch (output) {
            case "selector" -> line.selector();
            case "name" -> line.name();
            case "path" -> line.path();
            case "json" -> JsonMapper.shared().writeValueAsString(json(line));
            default ->
                    throw new CommandFailedException(
                            "--output is selector, name, path or json, not '" + output + "'");
        };
    }

    private Map<String, @Nullable Object> json(Line line) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("name", line.name());
        all.put("resource_type", line.type());
        all.put("original_file_path", line.path());
        all.put("unique_id", line.id());
        all.putAll(line.more());
        if (!keys.isEmpty()) {
            List<String> asked =
                    keys.stream().flatMap(k -> List.of(k.split("[\\s,]+")).stream()).toList();
            all.keySet().retainAll(asked);
        }
        return all;
    }

    private static List<Line> lines(Selection selected) {
        List<Line> lines = new ArrayList<>();
        for (Node node : selected.nodes()) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>();
            more.put("package_name", node.packageName());
            more.put("alias", node.relation().identifier());
            more.put("tags", node.settings().tags());
            more.put("config", node.settings().all());
            more.put("depends_on", Map.of("nodes", node.parents()));
            lines.add(
                    new Line(
                            node.id(),
                            node.type().label(),
                            node.name(),
                            String.join(".", node.fqn()),
                            node.file(),
                            more));
        }
        for (UnitTest test : selected.unitTests()) {
            lines.add(
                    new Line(
                            test.id(),
                            "unit_test",
                            test.name(),
                            "unit_test:" + String.join(".", test.fqn()),
                            test.file(),
                            Map.of("package_name", test.packageName(), "tags", test.tags())));
        }
        for (SourceTable source : selected.sources()) {
            lines.add(
                    new Line(
                            source.id(),
                            "source",
                            source.sourceName() + "." + source.name(),
                            "source:"
                                    + source.packageName()
                                    + "."
                                    + source.sourceName()
                                    + "."
                                    + source.name(),
                            source.file(),
                            Map.of("package_name", source.packageName(), "tags", source.tags())));
        }
        for (OtherResource other : selected.others()) {
            lines.add(
                    new Line(
                            other.id(),
                            other.type().label(),
                            other.name(),
                            other.type().label() + ":" + String.join(".", other.fqn()),
                            other.file(),
                            Map.of("package_name", other.packageName(), "tags", other.tags())));
        }
        return lines;
    }
}
