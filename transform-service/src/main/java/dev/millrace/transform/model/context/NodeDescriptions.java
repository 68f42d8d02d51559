package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.TestDetail;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** Nodes as templates and artifacts have them, by the keys of dbt's manifest. */
public final class NodeDescriptions {

    private NodeDescriptions() {}

    /** {@code graph}: all of a manifest. */
    static DictValue graph(Manifest manifest) {
        DictValue nodes = new DictValue();
        manifest.nodes().forEach((id, node) -> nodes.put(id, of(node)));
        DictValue sources = new DictValue();
        manifest.sources().forEach((id, source) -> sources.put(id, of(source)));
        DictValue graph = new DictValue();
        graph.put("nodes", nodes);
        graph.put("sources", sources);
        for (ResourceType type :
                List.of(
                        ResourceType.EXPOSURE,
                        ResourceType.METRIC,
                        ResourceType.SEMANTIC_MODEL,
                        ResourceType.SAVED_QUERY)) {
            DictValue others = new DictValue();
            manifest.others().values().stream()
                    .filter(other -> other.type() == type)
                    .forEach(other -> others.put(other.id(), of(other)));
            String plural = type == ResourceType.SAVED_QUERY ? "saved_queries" : type.label() + "s";
            graph.put(plural, others);
        }
        graph.put("groups", new DictValue());
        return graph;
    }

    /** A node, with its settings. */
    public static DictValue of(Node node) {
        DictValue dict =
                begun(
                        node.type(),
                        node.packageName(),
                        node.name(),
                        node.path(),
                        node.file(),
                        node.id(),
                        node.fqn());
        dict.put("database", orNone(node.relation().database()));
        dict.put("schema", orNone(node.relation().schema()));
        dict.put("alias", orNone(node.relation().identifier()));
        dict.put("relation_name", node.isBuilt() ? node.relation().path() : None.NONE);
        dict.put("checksum", checksum(node.checksum()));
        dict.put("raw_code", node.code());
        dict.put("language", "sql");
        settings(dict, node.settings());
        properties(dict, node);
        dependencies(dict, node.dependencies());
        if (node.test() != null) {
            test(dict, node.test());
        }
        return dict;
    }

    /** What is known of every node from the start. */
    public static DictValue begun(
            ResourceType type,
            String packageName,
            String name,
            String path,
            String file,
            String id,
            List<String> fqn) {
        DictValue dict = new DictValue();
        dict.put("resource_type", type.label());
        dict.put("package_name", packageName);
        dict.put("name", name);
        dict.put("path", path);
        dict.put("original_file_path", file);
        dict.put("unique_id", id);
        dict.put("fqn", new ListValue(fqn));
        return dict;
    }

    private static DictValue checksum(String hash) {
        DictValue checksum = new DictValue();
        checksum.put("name", hash.isEmpty() ? "none" : hash.contains(".") ? "path" : "sha256");
        checksum.put("checksum", hash);
        return checksum;
    }

    private static void settings(DictValue dict, NodeSettings settings) {
        dict.put("config", Values.of(settings.all()));
        dict.put("tags", new ListValue(settings.tags()));
        dict.put("meta", Values.of(settings.map("meta")));
        dict.put("contract", Values.of(settings.map("contract")));
        dict.put("docs", Values.of(settings.map("docs")));
    }

    private static void properties(DictValue dict, Node node) {
        dict.put("description", node.properties().description());
        dict.put("columns", columns(node.properties().columns()));
        dict.put("constraints", Values.of(node.properties().constraints()));
        dict.put("patch_path", orNone(node.properties().file()));
        dict.put("group", orNone(node.properties().group()));
        if (node.type() == ResourceType.MODEL) {
            dict.put("access", node.properties().access());
            dict.put("version", version(node.properties().version()));
            dict.put("latest_version", version(node.properties().latestVersion()));
            dict.put("deprecation_date", orNone(node.properties().deprecationDate()));
        }
    }

    /** Versions that are numbers are numbers in artifacts, too. */
    private static Object version(@Nullable String version) {
        if (version == null) {
            return None.NONE;
        }
        return version.matches("\\d{1,9}") ? (Object) Long.valueOf(version) : version;
    }

    private static void dependencies(DictValue dict, Node.Dependencies dependencies) {
        ListValue refs = new ListValue();
        for (Node.Ref ref : dependencies.refs()) {
            DictValue each = new DictValue();
            each.put("name", ref.name());
            each.put("package", orNone(ref.packageName()));
            each.put("version", version(ref.version()));
            refs.add(each);
        }
        dict.put("refs", refs);
        ListValue sources = new ListValue();
        dependencies.sources().forEach(source -> sources.add(new ListValue(source)));
        dict.put("sources", sources);
        dict.put("metrics", new ListValue());
        DictValue dependsOn = new DictValue();
        dependsOn.put("macros", new ListValue(dependencies.macros().stream().sorted().toList()));
        dependsOn.put("nodes", new ListValue(dependencies.nodes()));
        dict.put("depends_on", dependsOn);
    }

    private static void test(DictValue dict, TestDetail test) {
        DictValue metadata = new DictValue();
        metadata.put("name", test.name());
        metadata.put("kwargs", Values.of(test.arguments()));
        metadata.put("namespace", orNone(test.namespace()));
        dict.put("test_metadata", metadata);
        dict.put("column_name", orNone(test.column()));
        dict.put("attached_node", orNone(test.attachedTo()));
    }

    /** A source table. */
    public static DictValue of(SourceTable source) {
        DictValue dict =
                begun(
                        ResourceType.SOURCE,
                        source.packageName(),
                        source.name(),
                        source.file(),
                        source.file(),
                        source.id(),
                        source.fqn());
        dict.put("source_name", source.sourceName());
        dict.put("source_description", source.sourceDescription());
        dict.put("database", orNone(source.relation().database()));
        dict.put("schema", orNone(source.relation().schema()));
        dict.put("identifier", orNone(source.relation().identifier()));
        dict.put("relation_name", source.relation().path());
        dict.put("description", source.description());
        dict.put("columns", columns(source.columns()));
        dict.put("tags", new ListValue(source.tags()));
        source.details().forEach((key, value) -> dict.put(key, Values.of(value)));
        return dict;
    }

    /** What is described and not built. */
    public static DictValue of(OtherResource other) {
        DictValue dict =
                begun(
                        other.type(),
                        other.packageName(),
                        other.name(),
                        other.file(),
                        other.file(),
                        other.id(),
                        other.fqn());
        dict.put("tags", new ListValue(other.tags()));
        other.details().forEach((key, value) -> dict.putIfAbsent(key, Values.of(value)));
        DictValue dependsOn = new DictValue();
        dependsOn.put("macros", new ListValue());
        dependsOn.put("nodes", new ListValue(other.parents()));
        dict.put("depends_on", dependsOn);
        return dict;
    }

    private static DictValue columns(Map<String, Column> columns) {
        DictValue dict = new DictValue();
        columns.forEach((name, column) -> dict.put(name, of(column)));
        return dict;
    }

    private static DictValue of(Column column) {
        DictValue dict = new DictValue();
        dict.put("name", column.name());
        dict.put("description", column.description());
        dict.put("meta", Values.of(column.meta()));
        dict.put("data_type", orNone(column.dataType()));
        dict.put("constraints", Values.of(column.constraints()));
        dict.put("quote", column.quote() == null ? None.NONE : column.quote());
        dict.put("tags", new ListValue(column.tags()));
        return dict;
    }

    private static Object orNone(@Nullable Object value) {
        return value == null ? None.NONE : value;
    }
}
