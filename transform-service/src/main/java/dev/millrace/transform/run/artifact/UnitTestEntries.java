package dev.millrace.transform.run.artifact;

import dev.millrace.contracts.Sha256;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Unit tests as {@code manifest.json} has them. */
final class UnitTestEntries {

    private final ManifestContents contents;

    UnitTestEntries(ManifestContents contents) {
        this.contents = contents;
    }

    Map<String, @Nullable Object> of(UnitTest test) {
        Node model = contents.manifest().nodes().get(test.model());
        List<Object> given = new ArrayList<>();
        for (UnitTest.Given each : test.given()) {
            given.add(rows(each.rows()).put("input", each.input()).values());
        }
        return new Entry()
                .put("model", model == null ? last(test.model()) : model.name())
                .put("given", given)
                .put("expect", rows(test.expect()).values())
                .put("name", test.name())
                .put("resource_type", "unit_test")
                .put("package_name", test.packageName())
                .put("path", contents.within(test.packageName(), test.file()))
                .put("original_file_path", test.file())
                .put("unique_id", test.id())
                .put("fqn", test.fqn())
                .put("description", contents.described(test.description(), test.packageName()))
                .put("overrides", overrides(test.overrides()))
                .put("depends_on", OtherEntries.dependsOn(List.of(test.model())))
                .put(
                        "config",
                        new Entry().put("tags", test.tags()).put("meta", test.meta()).values())
                .put("checksum", checksum(test))
                .put("schema", model == null ? null : model.relation().schema())
                .put("created_at", contents.createdAt())
                .put("versions", null)
                .put("version", null)
                .values();
    }

    private static String last(String id) {
        return id.substring(id.lastIndexOf('.') + 1);
    }

    private static Entry rows(UnitTest.Rows rows) {
        return new Entry()
                .put("rows", rows.sql() == null ? rows.rows() : rows.sql())
                // Rows that were written as CSV have been read, and are written as what they are.
                .put("format", rows.sql() == null ? "dict" : "sql")
                .put("fixture", null);
    }

    private static @Nullable Object overrides(Map<String, Object> overrides) {
        return overrides.isEmpty()
                ? null
                : new Entry(overrides)
                        .takeOr("macros", Map.of())
                        .takeOr("vars", Map.of())
                        .takeOr("env_vars", Map.of())
                        .values();
    }

    private static String checksum(UnitTest test) {
        return Sha256.hex(
                String.join(
                        "\n",
                        test.model(),
                        String.valueOf(test.given()),
                        String.valueOf(test.expect()),
                        String.valueOf(test.overrides())));
    }
}
