package dev.millrace.transform.run;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.event.SchemaChanged.Certainty;
import dev.millrace.contracts.event.SchemaChanged.Use;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.WarehouseException;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of one revision of the project uses a table or a column. A column goes from model to model
 * by its name: who gives it another name is the last that is known to use it.
 */
final class ProjectDependents {

    private final Optional<Manifest> graph;
    private final Map<String, SqlWords> wordsByNode = new HashMap<>();
    private final List<WrittenTests.WrittenTest> tests;
    private final List<CubeUse> cubes;

    ProjectDependents(
            ProjectModels models, List<WrittenTests.WrittenTest> tests, List<CubeUse> cubes) {
        this.graph = models.sound();
        this.tests = tests;
        this.cubes = cubes;
        if (graph.isPresent() && models.read().isPresent()) {
            Compiler compiler =
                    new Compiler(
                            graph.get(),
                            models.read().get().workspace(),
                            new UnreachableWarehouse());
            for (Node node : graph.get().nodes().values()) {
                wordsByNode.put(node.id(), words(compiler, node));
            }
        }
    }

    SchemaChanged.Dependents of(Relation relation, @Nullable String column) {
        Set<String> relations = new HashSet<>(Set.of(relation.qualified()));
        Set<String> owners = new TreeSet<>();
        Map<String, Certainty> models = new LinkedHashMap<>();
        if (graph.isPresent()) {
            Manifest all = graph.get();
            Set<String> readable = new HashSet<>();
            all.sources().values().stream()
                    .filter(
                            table ->
                                    table.relation().name().toString().equals(relation.qualified()))
                    .forEach(
                            table -> {
                                readable.add(table.id());
                                owners.add(table.sourceName() + "." + table.name());
                            });
            // Each node stands after those that it reads.
            for (Node node : all.nodes().values()) {
                if (node.isTest() || !node.settings().enabled()) {
                    continue;
                }
                if (all.parents(node.id()).stream().noneMatch(readable::contains)) {
                    continue;
                }
                Certainty certainty = certainty(node, column);
                if (certainty != null) {
                    readable.add(node.id());
                    models.put(node.id(), certainty);
                    owners.add(node.name());
                    relations.add(node.relationName().toString());
                }
            }
        }
        owners.add(relation.qualified());
        return new SchemaChanged.Dependents(
                models.entrySet().stream()
                        .map(model -> new Use(model.getKey(), model.getValue()))
                        .toList(),
                checks(owners, column),
                cubes.stream().flatMap(cube -> cube.of(relations, column).stream()).toList());
    }

    private @Nullable Certainty certainty(Node node, @Nullable String column) {
        if (column == null) {
            return Certainty.USES;
        }
        SqlWords words = wordsByNode.getOrDefault(node.id(), new SqlWords(Set.of(), true));
        boolean described = node.columns().containsKey(column);
        if (words.mention(column) || described) {
            return Certainty.USES;
        }
        return words.star() ? Certainty.MAY_USE : null;
    }

    private List<Use> checks(Set<String> owners, @Nullable String column) {
        List<Use> checks = new ArrayList<>();
        for (WrittenTests.WrittenTest test : tests) {
            if (owners.contains(test.owner()) && (column == null || test.column().equals(column))) {
                checks.add(new Use(test.name(), Certainty.USES));
            }
        }
        return checks;
    }

    /** SQL that cannot be known before it runs may use anything. */
    private static SqlWords words(Compiler compiler, Node node) {
        try {
            return SqlWords.of(compiler.compile(node).sql());
        } catch (JinjaException | WarehouseException e) {
            return new SqlWords(Set.of(), true);
        }
    }
}
