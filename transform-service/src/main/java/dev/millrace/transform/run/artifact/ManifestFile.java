package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.Md5;
import dev.millrace.transform.model.manifest.Documentation;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Writes {@code manifest.json}: all that there is in a project. */
final class ManifestFile {

    /** The page that the documentation of a project without one of its own begins with. */
    private static final Documentation.DocBlock OVERVIEW =
            new Documentation.DocBlock(
                    "doc.dbt.__overview__",
                    Macros.DBT,
                    "__overview__",
                    "overview.md",
                    "docs/overview.md",
                    """
                    ### The documentation of this project

                    *Project* on the left lists its models by package and file, *Database* by where \
                    they are in the warehouse. A model's page has its columns, its SQL and its tests.

                    To begin with a page of your own, write a doc block named `__overview__`.\
                    """);

    private final ManifestContents contents;
    private final ArtifactHeader header;
    private final Instant now;

    ManifestFile(ManifestContents contents, ArtifactHeader header, Instant now) {
        this.contents = contents;
        this.header = header;
        this.now = now;
    }

    void write(JsonGenerator json) {
        json.writeStartObject();
        metadata(json);
        MacroCalls calls = new MacroCalls(contents.workspace().macros());
        NodeEntries nodes = new NodeEntries(contents, calls);
        SourceEntries sources = new SourceEntries(contents);
        MacroEntries macros = new MacroEntries(contents, calls);
        each(json, "nodes", contents.manifest().nodes(), nodes::of);
        each(json, "sources", contents.manifest().sources(), sources::of);
        macros(json, macros);
        docs(json);
        SemanticLinks links = new SemanticLinks(contents.manifest());
        others(json, links);
        each(json, "groups", contents.documentation().groups(), this::group);
        JsonValues.write(json, "selectors", contents.documentation().selectors());
        each(json, "disabled", contents.manifest().disabled(), node -> List.of(nodes.of(node)));
        Edges edges = new Edges(contents.manifest(), links);
        JsonValues.write(json, "parent_map", edges.parents());
        JsonValues.write(json, "child_map", edges.children());
        JsonValues.write(json, "group_map", Edges.groups(contents.manifest()));
        each(
                json,
                "unit_tests",
                contents.manifest().unitTests(),
                new UnitTestEntries(contents)::of);
        json.writeEndObject();
    }

    private void metadata(JsonGenerator json) {
        String project = contents.manifest().rootPackage();
        json.writeObjectPropertyStart("metadata");
        header.write(json, "manifest/v12", now);
        json.writeStringProperty("project_name", project);
        json.writeStringProperty("project_id", Md5.of(project));
        json.writeNullProperty("user_id");
        json.writeBooleanProperty("send_anonymous_usage_stats", false);
        json.writeStringProperty("adapter_type", "postgres");
        json.writeEndObject();
    }

    private static <T> void each(
            JsonGenerator json, String name, Map<String, T> all, Function<T, Object> entry) {
        json.writeObjectPropertyStart(name);
        all.forEach((id, item) -> JsonValues.write(json, id, entry.apply(item)));
        json.writeEndObject();
    }

    /** Of dbt's own macros, the first of a name and package is the one that counts. */
    private void macros(JsonGenerator json, MacroEntries entries) {
        Set<String> written = new HashSet<>();
        json.writeObjectPropertyStart("macros");
        for (ProjectMacro macro : contents.workspace().macros().all()) {
            if (written.add(macro.id())) {
                JsonValues.write(json, macro.id(), entries.of(macro));
            }
        }
        json.writeEndObject();
    }

    private void docs(JsonGenerator json) {
        json.writeObjectPropertyStart("docs");
        Consumer<Documentation.DocBlock> write =
                block -> JsonValues.write(json, block.id(), doc(block));
        write.accept(OVERVIEW);
        contents.documentation().docs().values().forEach(write);
        json.writeEndObject();
    }

    private static Map<String, @Nullable Object> doc(Documentation.DocBlock block) {
        return new Entry()
                .put("name", block.name())
                .put("resource_type", "doc")
                .put("package_name", block.packageName())
                .put("path", block.path())
                .put("original_file_path", block.file())
                .put("unique_id", block.id())
                .put("block_contents", block.text())
                .values();
    }

    private void others(JsonGenerator json, SemanticLinks links) {
        OtherEntries others = new OtherEntries(contents);
        SemanticEntries semantic = new SemanticEntries(contents, others, links);
        MetricEntries metrics = new MetricEntries(contents, others, links);
        Collection<OtherResource> all = contents.manifest().others().values();
        for (ResourceType type :
                List.of(
                        ResourceType.EXPOSURE,
                        ResourceType.METRIC,
                        ResourceType.SEMANTIC_MODEL,
                        ResourceType.SAVED_QUERY)) {
            json.writeObjectPropertyStart(
                    type == ResourceType.SAVED_QUERY ? "saved_queries" : type.label() + "s");
            all.stream()
                    .filter(other -> other.type() == type)
                    .forEach(
                            other ->
                                    JsonValues.write(
                                            json,
                                            other.id(),
                                            switch (type) {
                                                case EXPOSURE -> others.exposure(other);
                                                case METRIC -> metrics.of(other);
                                                case SEMANTIC_MODEL -> semantic.model(other);
                                                default -> semantic.query(other);
                                            }));
            json.writeEndObject();
        }
    }

    private Map<String, @Nullable Object> group(Documentation.Group group) {
        return new Entry()
                .put("name", group.name())
                .put("resource_type", "group")
                .put("package_name", group.packageName())
                .put("path", contents.within(group.packageName(), group.file()))
                .put("original_file_path", group.file())
                .put("unique_id", group.id())
                .put("owner", OtherEntries.owner(group.owner()))
                .values();
    }
}
