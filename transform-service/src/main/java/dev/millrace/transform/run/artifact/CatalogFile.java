package dev.millrace.transform.run.artifact;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Writes {@code catalog.json}: what the warehouse knows of the relations of a project. */
final class CatalogFile {

    private final ArtifactHeader header;
    private final Instant now;
    private final String database;
    private final Map<String, CatalogQuery.Found> nodes = new LinkedHashMap<>();
    private final Map<String, CatalogQuery.Found> sources = new LinkedHashMap<>();

    CatalogFile(ArtifactHeader header, Instant now, String database) {
        this.header = header;
        this.now = now;
        this.database = database;
    }

    /** Looks for the relations of a project. */
    void read(Manifest manifest, Connection connection) throws SQLException {
        Map<String, RelationName> built = new LinkedHashMap<>();
        for (Node node : manifest.nodes().values()) {
            if (node.isBuilt() || node.isTest()) {
                built.put(node.id(), node.relationName());
            }
        }
        Map<String, RelationName> declared = new LinkedHashMap<>();
        for (SourceTable source : manifest.sources().values()) {
            declared.put(source.id(), source.relation().name());
        }
        Set<String> schemas = new TreeSet<>();
        built.values().forEach(name -> schemas.add(name.schema()));
        declared.values().forEach(name -> schemas.add(name.schema()));
        Map<CatalogQuery.Key, CatalogQuery.Found> found = new CatalogQuery(connection).in(schemas);
        built.forEach((id, name) -> put(nodes, id, found.get(key(name))));
        declared.forEach((id, name) -> put(sources, id, found.get(key(name))));
    }

    private static CatalogQuery.Key key(RelationName name) {
        return new CatalogQuery.Key(name.schema(), name.name());
    }

    private static void put(
            Map<String, CatalogQuery.Found> all, String id, CatalogQuery.@Nullable Found found) {
        if (found != null) {
            all.put(id, found);
        }
    }

    void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeObjectPropertyStart("metadata");
        header.write(json, "catalog/v1", now);
        json.writeEndObject();
        tables(json, "nodes", nodes);
        tables(json, "sources", sources);
        json.writeNullProperty("errors");
        json.writeEndObject();
    }

    private void tables(JsonGenerator json, String name, Map<String, CatalogQuery.Found> all) {
        json.writeObjectPropertyStart(name);
        all.forEach((id, found) -> JsonValues.write(json, id, table(id, found)));
        json.writeEndObject();
    }

    private Map<String, @Nullable Object> table(String id, CatalogQuery.Found found) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (CatalogQuery.FoundColumn column : found.columns()) {
            columns.put(
                    column.name(),
                    new Entry()
                            .put("type", column.type())
                            .put("index", column.index())
                            .put("name", column.name())
                            .put("comment", column.comment())
                            .values());
        }
        return new Entry()
                .put(
                        "metadata",
                        new Entry()
                                .put("type", found.type())
                                .put("schema", found.key().schema())
                                .put("name", found.key().name())
                                .put("database", database)
                                .put("comment", found.comment())
                                .put("owner", found.owner())
                                .values())
                .put("columns", columns)
                .put("stats", stats(found))
                .put("unique_id", id)
                .values();
    }

    private static Map<String, Object> stats(CatalogQuery.Found found) {
        Map<String, Object> stats = new LinkedHashMap<>();
        if (found.bytes() != null && found.rows() >= 0) {
            stats.put(
                    "num_rows",
                    stat("num_rows", "Approximate Rows", found.rows(), "Rows as last estimated"));
        }
        if (found.bytes() != null) {
            stats.put(
                    "num_bytes",
                    stat("num_bytes", "Size", found.bytes(), "Bytes on disk, with its indexes"));
        }
        Map<String, @Nullable Object> has =
                stat(
                        "has_stats",
                        "Has Stats?",
                        !stats.isEmpty(),
                        "Indicates whether there are statistics for this table");
        has.put("include", false);
        stats.put("has_stats", has);
        return stats;
    }

    private static Map<String, @Nullable Object> stat(
            String id, String label, Object value, String description) {
        return new Entry()
                .put("id", id)
                .put("label", label)
                .put("value", value)
                .put("include", true)
                .put("description", description)
                .values();
    }
}
