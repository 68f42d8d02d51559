package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the source tables that packages declare, and their tests. */
final class SourceReader {

    private final Workspace workspace;
    private final PropertyRendering rendering;
    private final GenericTests tests;
    private final Problems problems;
    private final Map<String, SourceTable> tables = new LinkedHashMap<>();
    private final Map<String, SourceTable> disabled = new LinkedHashMap<>();
    private final List<Draft> drafts = new ArrayList<>();

    SourceReader(Workspace workspace, GenericTests tests, Problems problems) {
        this.workspace = workspace;
        this.rendering = new PropertyRendering(workspace);
        this.tests = tests;
        this.problems = problems;
    }

    /** The tables by id; those that are switched off are left out. */
    Map<String, SourceTable> tables() {
        return tables;
    }

    /** Those that are switched off. */
    Map<String, SourceTable> disabled() {
        return disabled;
    }

    /** Tests of the tables. */
    List<Draft> tests() {
        return drafts;
    }

    void read(List<PropertyItem> items) {
        for (PropertyItem item : items) {
            if (!item.written().containsKey("overrides")) {
                try {
                    source(item, overridden(item, rendering.render(item), items));
                } catch (JinjaException e) {
                    JinjaProblems.add(problems, item.position(), e);
                }
            }
        }
    }

    /** What the project says over what a package says of its source. */
    private Map<String, Object> overridden(
            PropertyItem item, Map<String, Object> source, List<PropertyItem> items) {
        for (PropertyItem other : items) {
            boolean overrides =
                    item.dbtPackage().name().equals(other.written().get("overrides"))
                            && other.name().equals(item.name());
            if (!overrides) {
                continue;
            }
            Map<String, Object> patch = rendering.render(other);
            Map<String, Object> result = new LinkedHashMap<>(source);
            patch.forEach(
                    (key, value) -> {
                        if (!Set.of("name", "overrides", "tables").contains(key)) {
                            result.put(key, value);
                        }
                    });
            List<Object> merged = new ArrayList<>();
            for (Map<String, Object> table : tables(source)) {
                Map<String, Object> both = new LinkedHashMap<>(table);
                tables(patch).stream()
                        .filter(p -> String.valueOf(p.get("name")).equals(table.get("name")))
                        .forEach(both::putAll);
                merged.add(both);
            }
            result.put("tables", merged);
            return result;
        }
        return source;
    }

    private void source(PropertyItem item, Map<String, Object> source) {
        for (Map<String, Object> table : tables(source)) {
            table(item, source, table);
        }
    }

    /** The tables of a source, where what has no value takes away what the source says. */
    private static List<Map<String, Object>> tables(Map<String, Object> source) {
        return Yaml.list(source.get("tables")).stream()
                .filter(Map.class::isInstance)
                .map(Yaml::withNulls)
                .toList();
    }

    private void table(PropertyItem item, Map<String, Object> source, Map<String, Object> table) {
        DbtPackage own = item.dbtPackage();
        String sourceName = Yaml.text(source.get("name"), "");
        String name = Yaml.text(table.get("name"), "");
        List<String> fqn = new ArrayList<>(List.of(own.name()));
        fqn.addAll(item.directories());
        fqn.add(sourceName);
        fqn.add(name);
        Map<String, Object> config = NodePatch.settings(source);
        config = SettingsBuilder.over(config, NodePatch.settings(table));
        NodeSettings settings =
                SettingsBuilder.of(
                        ResourceType.SOURCE, fqn, own, workspace.root(), config, Map.of());
        SourceLimits limits = new SourceLimits(sourceName + "." + name, source, table);
        SourceTable found =
                new SourceTable(
                        "source." + own.name() + "." + sourceName + "." + name,
                        own.name(),
                        sourceName,
                        name,
                        fqn,
                        item.file(),
                        item.position(),
                        relation(source, table, sourceName, name),
                        Yaml.text(table.get("description"), ""),
                        Yaml.text(source.get("description"), ""),
                        NodePatch.columns(Yaml.maps(table.get("columns"))),
                        settings.tags(),
                        details(source, table, settings, limits),
                        limits.freshness());
        if (!settings.enabled()) {
            disabled.put(found.id(), found);
            return;
        }
        limits.problems().forEach(problem -> problems.add(item.position(), problem));
        if (tables.putIfAbsent(found.id(), found) != null) {
            problems.add(
                    item.position(),
                    "the table '"
                            + name
                            + "' of the source '"
                            + sourceName
                            + "' is declared twice");
            return;
        }
        tests(item, source, table, found);
    }

    private Relation relation(
            Map<String, Object> source, Map<String, Object> table, String sourceName, String name) {
        Quoting quoting =
                PackageReader.quoting(
                        Yaml.map(table.get("quoting")),
                        PackageReader.quoting(
                                Yaml.map(source.get("quoting")), workspace.root().quoting()));
        return Relation.of(
                Yaml.text(source.get("database"), workspace.target().database()),
                Yaml.text(source.get("schema"), sourceName),
                Yaml.text(table.get("identifier"), name),
                quoting);
    }

    private static Map<String, Object> details(
            Map<String, Object> source,
            Map<String, Object> table,
            NodeSettings settings,
            SourceLimits limits) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("loader", Yaml.text(source.get("loader"), ""));
        details.putAll(limits.loadedAt());
        Map<String, Object> meta = Yaml.map(source.get("meta"));
        meta.putAll(Yaml.map(table.get("meta")));
        meta.putAll(settings.map("meta"));
        details.put("meta", meta);
        details.put("source_meta", Yaml.map(source.get("meta")));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("enabled", settings.enabled());
        if (settings.get("event_time") != null) {
            config.put("event_time", settings.text("event_time", ""));
        }
        details.put("config", config);
        if (table.get("external") != null) {
            details.put("external", table.get("external"));
        }
        return details;
    }

    private void tests(
            PropertyItem item,
            Map<String, Object> source,
            Map<String, Object> table,
            SourceTable found) {
        Set<String> tags = new LinkedHashSet<>(Yaml.texts(source.get("tags")));
        tags.addAll(Yaml.texts(table.get("tags")));
        GenericTests.Subjected subject =
                new GenericTests.Subjected(
                        item,
                        "source('" + found.sourceName() + "', '" + found.name() + "')",
                        "source_",
                        found.sourceName() + "_" + found.name(),
                        null,
                        List.copyOf(tags));
        for (Object test : NodePatch.testsOf(table)) {
            add(subject, test, null);
        }
        for (Map<String, Object> column : Yaml.maps(table.get("columns"))) {
            for (Object test : NodePatch.testsOf(column)) {
                add(subject, test, column);
            }
        }
    }

    private void add(
            GenericTests.Subjected subject, Object test, @Nullable Map<String, Object> column) {
        try {
            drafts.add(tests.draft(subject, test, column));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, subject.item().position(), e);
        }
    }
}
