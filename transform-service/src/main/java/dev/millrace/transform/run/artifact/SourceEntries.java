package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.context.NodeDescriptions;
import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** Source tables as {@code manifest.json} has them. */
final class SourceEntries {

    private final ManifestContents contents;

    SourceEntries(ManifestContents contents) {
        this.contents = contents;
    }

    Map<String, @Nullable Object> of(SourceTable source) {
        Entry entry = new Entry(NodeDescriptions.of(source));
        entry.take("database", "schema", "name", "resource_type", "package_name", "path");
        entry.take("original_file_path", "unique_id", "fqn", "source_name");
        entry.put("source_description", described(source.sourceDescription(), source));
        entry.takeOr("loader", "").takeOr("identifier", source.name());
        entry.put(
                "quoting",
                new Entry(Entry.map(entry.written("quoting")))
                        .take("database", "schema", "identifier", "column")
                        .values());
        entry.takeText("loaded_at_field");
        entry.put(
                "freshness",
                ResultFiles.criteria(
                        source.freshness() == null
                                ? new SourceTable.Freshness(null, null, null, null)
                                : source.freshness()));
        entry.put("external", external(entry.written("external")));
        entry.put("description", described(source.description(), source));
        entry.put("columns", ColumnEntries.of(source.columns(), text -> described(text, source)));
        entry.takeOr("meta", Map.of()).takeOr("source_meta", Map.of()).take("tags");
        entry.takeOr("config", Map.of("enabled", true));
        entry.put("patch_path", null).put("unrendered_config", Map.of());
        entry.take("relation_name").put("created_at", contents.createdAt());
        return entry.values();
    }

    private String described(String text, SourceTable source) {
        return contents.described(text, source.packageName());
    }

    private static @Nullable Object external(@Nullable Object written) {
        if (!(written instanceof Map<?, ?> map)) {
            return null;
        }
        Entry external = new Entry(map);
        map.forEach((key, value) -> external.put(String.valueOf(key), value));
        return external.takeText("location", "file_format", "row_format", "tbl_properties")
                .take("partitions")
                .values();
    }
}
