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
            for (Map<String, Object> table : Yaml.maps(source.get("tables"))) {
                Map<String, Object> both = new LinkedHashMap<>(table);
                Yaml.maps(patch.get("tables")).stream()
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
        for (Map<String, Object> table : Yaml.maps(source.get("tables"))) {
            table(item, source, table);
        }
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
                        details(source, table, settings),
                        freshness(source, table));
        if (!settings.enabled()) {
            return;
        }
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
            Map<String, Object> source, Map<String, Object> table, NodeSettings settings) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("loader", Yaml.text(source.get("loader"), ""));
        Object loadedAt =
                table.containsKey("loaded_at_field")
                        ? table.get("loaded_at_field")
                        : source.get("loaded_at_field");
        if (loadedAt != null) {
            details.put("loaded_at_field", loadedAt);
        }
        Object query =
                table.containsKey("loaded_at_query")
                        ? table.get("loaded_at_query")
                        : source.get("loaded_at_query");
        if (query != null) {
            details.put("loaded_at_query", query);
        }
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

    private static SourceTable.@Nullable Freshness freshness(
            Map<String, Object> source, Map<String, Object> table) {
        Map<String, Object> config = Yaml.map(source.get("config"));
        Map<String, Object> written = Yaml.map(source.get("freshness"));
        written.putAll(Yaml.map(config.get("freshness")));
        if (table.containsKey("freshness")) {
            written.putAll(Yaml.map(table.get("freshness")));
        }
        written.putAll(Yaml.map(Yaml.map(table.get("config")).get("freshness")));
        SourceTable.Age warn = age(written.get("warn_after"));
        SourceTable.Age error = age(written.get("error_after"));
        if (warn == null && error == null) {
            return null;
        }
        Object loadedAt =
                table.containsKey("loaded_at_field")
                        ? table.get("loaded_at_field")
                        : source.get("loaded_at_field");
        return new SourceTable.Freshness(
                warn, error, Yaml.text(loadedAt), Yaml.text(written.get("filter")));
    }

    private static SourceTable.@Nullable Age age(@Nullable Object written) {
        Map<String, Object> map = Yaml.map(written);
        if (!(map.get("count") instanceof Number count)
                || !Set.of("minute", "hour", "day").contains(String.valueOf(map.get("period")))) {
            return null;
        }
        return new SourceTable.Age(count.longValue(), String.valueOf(map.get("period")));
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
