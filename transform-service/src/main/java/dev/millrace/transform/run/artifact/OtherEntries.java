package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.OtherResource;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** Exposures as {@code manifest.json} has them, and what they have in common with metrics. */
final class OtherEntries {

    private final ManifestContents contents;

    OtherEntries(ManifestContents contents) {
        this.contents = contents;
    }

    /** What is known of everything that is described and not built. */
    Entry begun(OtherResource other) {
        return new Entry(other.details())
                .put("name", other.name())
                .put("resource_type", other.type().label())
                .put("package_name", other.packageName())
                .put("path", contents.within(other.packageName(), other.file()))
                .put("original_file_path", other.file())
                .put("unique_id", other.id())
                .put("fqn", other.fqn());
    }

    String described(OtherResource other) {
        Object description = other.details().get("description");
        return description == null
                ? ""
                : contents.described(String.valueOf(description), other.packageName());
    }

    static Map<String, @Nullable Object> dependsOn(List<String> nodes) {
        return new Entry().put("macros", List.of()).put("nodes", nodes).values();
    }

    Map<String, @Nullable Object> exposure(OtherResource exposure) {
        References references = References.in(exposure.details().get("depends_on"));
        Entry entry = begun(exposure);
        entry.takeText("type").put("owner", owner(entry.written("owner")));
        entry.put("description", described(exposure)).takeText("label", "maturity");
        entry.put("meta", meta(exposure)).put("tags", exposure.tags());
        entry.put("config", new Entry(config(exposure)).takeOr("enabled", true).values());
        entry.put("unrendered_config", config(exposure)).takeText("url");
        entry.put("depends_on", dependsOn(exposure.parents()));
        entry.put("refs", references.refs()).put("sources", references.sources());
        entry.put("metrics", references.metrics()).put("created_at", contents.createdAt());
        return entry.values();
    }

    /** Whoever something belongs to, with all that is said of them. */
    static Map<String, @Nullable Object> owner(@Nullable Object written) {
        Map<?, ?> map = Entry.map(written);
        Entry owner = new Entry(map).takeText("email", "name");
        map.forEach((key, value) -> owner.put(String.valueOf(key), value));
        return owner.values();
    }

    static Map<?, ?> config(OtherResource other) {
        return Entry.map(other.details().get("config"));
    }

    static Object meta(OtherResource other) {
        Object meta = other.details().get("meta");
        return meta == null ? Entry.map(config(other).get("meta")) : meta;
    }
}
