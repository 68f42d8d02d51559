package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.OtherResource;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Semantic models and saved queries as {@code manifest.json} has them. */
final class SemanticEntries {

    private final ManifestContents contents;
    private final OtherEntries others;
    private final SemanticLinks links;

    SemanticEntries(ManifestContents contents, OtherEntries others, SemanticLinks links) {
        this.contents = contents;
        this.others = others;
        this.links = links;
    }

    Map<String, @Nullable Object> model(OtherResource model) {
        Entry entry = others.begun(model);
        entry.takeText("model").put("node_relation", relation(model));
        entry.put(
                "description",
                entry.written("description") == null ? null : others.described(model));
        entry.takeText("label");
        Map<?, ?> defaults = Entry.map(entry.written("defaults"));
        entry.put(
                "defaults",
                defaults.isEmpty()
                        ? null
                        : new Entry(defaults).takeText("agg_time_dimension").values());
        entry.put("entities", each(entry.written("entities"), SemanticEntries::entity));
        entry.put("measures", each(entry.written("measures"), SemanticEntries::measure));
        entry.put("dimensions", each(entry.written("dimensions"), SemanticEntries::dimension));
        entry.put("metadata", null);
        entry.put("depends_on", OtherEntries.dependsOn(model.parents()));
        entry.put("refs", References.in(entry.written("model")).refs());
        entry.put("created_at", contents.createdAt());
        entry.put("config", config(model)).put("unrendered_config", OtherEntries.config(model));
        entry.takeText("primary_entity").put("group", OtherEntries.config(model).get("group"));
        return entry.values();
    }

    private @Nullable Object relation(OtherResource model) {
        for (String parent : model.parents()) {
            Node node = contents.manifest().nodes().get(parent);
            if (node != null) {
                return new Entry()
                        .put("alias", node.relation().identifier())
                        .put("schema_name", node.relation().schema())
                        .put("database", node.relation().database())
                        .put("relation_name", node.isBuilt() ? node.relation().path() : null)
                        .values();
            }
        }
        return null;
    }

    /** The settings of what is described and not built. */
    static Map<String, @Nullable Object> config(OtherResource other) {
        Map<?, ?> written = OtherEntries.config(other);
        Entry config = new Entry(written);
        written.forEach((key, value) -> config.put(String.valueOf(key), value));
        return config.takeOr("enabled", true).take("group").takeOr("meta", Map.of()).values();
    }

    /** One part of a mapping's list. */
    @FunctionalInterface
    interface Part {
        Map<String, @Nullable Object> of(Map<?, ?> written);
    }

    static List<Map<String, @Nullable Object>> each(@Nullable Object written, Part part) {
        List<Map<String, @Nullable Object>> parts = new ArrayList<>();
        Entry.list(written).forEach(item -> parts.add(part.of(Entry.map(item))));
        return parts;
    }

    private static Map<String, @Nullable Object> entity(Map<?, ?> written) {
        return new Entry(written)
                .takeText("name", "type", "description", "label", "role", "expr")
                .values();
    }

    private static Map<String, @Nullable Object> measure(Map<?, ?> written) {
        Entry measure = new Entry(written).takeText("name", "agg", "description", "label");
        measure.put("create_metric", Boolean.TRUE.equals(measure.written("create_metric")));
        measure.takeText("expr");
        Map<?, ?> parameters = Entry.map(measure.written("agg_params"));
        measure.put(
                "agg_params",
                parameters.isEmpty()
                        ? null
                        : new Entry(parameters)
                                .take("percentile")
                                .takeOr("use_discrete_percentile", false)
                                .takeOr("use_approximate_percentile", false)
                                .values());
        Map<?, ?> without = Entry.map(measure.written("non_additive_dimension"));
        measure.put(
                "non_additive_dimension",
                without.isEmpty()
                        ? null
                        : new Entry(without)
                                .takeText("name", "window_choice")
                                .takeOr("window_groupings", List.of())
                                .values());
        return measure.takeText("agg_time_dimension").values();
    }

    private static Map<String, @Nullable Object> dimension(Map<?, ?> written) {
        Entry dimension = new Entry(written).takeText("name", "type", "description", "label");
        dimension.takeOr("is_partition", false);
        Map<?, ?> parameters = Entry.map(dimension.written("type_params"));
        Map<?, ?> validity = Entry.map(parameters.get("validity_params"));
        dimension.put(
                "type_params",
                parameters.isEmpty()
                        ? null
                        : new Entry(parameters)
                                .takeText("time_granularity")
                                .put(
                                        "validity_params",
                                        validity.isEmpty()
                                                ? null
                                                : new Entry(validity)
                                                        .takeOr("is_start", false)
                                                        .takeOr("is_end", false)
                                                        .values())
                                .values());
        return dimension.takeText("expr").put("metadata", null).values();
    }

    Map<String, @Nullable Object> query(OtherResource query) {
        Entry entry = others.begun(query);
        Map<?, ?> asked = Entry.map(entry.written("query_params"));
        entry.put(
                "query_params",
                new Entry(asked)
                        .takeOr("metrics", List.of())
                        .takeOr("group_by", List.of())
                        .put("where", MetricEntries.filter(asked.get("where")))
                        .values());
        Map<?, ?> config = OtherEntries.config(query);
        entry.put("exports", each(entry.written("exports"), export -> export(export, config)));
        entry.put(
                "description",
                entry.written("description") == null ? null : others.described(query));
        entry.takeText("label").put("metadata", null);
        Map<String, @Nullable Object> own = config(query);
        own.putIfAbsent("export_as", null);
        own.putIfAbsent("schema", null);
        own.put(
                "cache",
                new Entry(Entry.map(config.get("cache"))).takeOr("enabled", false).values());
        entry.put("config", own).put("unrendered_config", config).put("group", config.get("group"));
        entry.put("depends_on", OtherEntries.dependsOn(links.parents(query)));
        entry.put("created_at", contents.createdAt()).put("refs", List.of());
        return entry.values();
    }

    private static Map<String, @Nullable Object> export(Map<?, ?> written, Map<?, ?> config) {
        Map<?, ?> own = Entry.map(written.get("config"));
        Object as = own.get("export_as") == null ? config.get("export_as") : own.get("export_as");
        Object schema = own.get("schema") == null ? config.get("schema") : own.get("schema");
        Entry export =
                new Entry(own)
                        .put("export_as", as == null ? "table" : as)
                        .put("schema_name", schema)
                        .takeText("alias");
        if (own.get("database") != null) {
            export.takeText("database");
        }
        return new Entry(written).takeText("name").put("config", export.values()).values();
    }
}
