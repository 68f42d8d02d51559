package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.model.manifest.DbtPackage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the properties files of packages: what they describe, by the keys of dbt. */
final class PropertyFiles {

    private static final Set<String> KINDS =
            Set.of(
                    "models",
                    "seeds",
                    "snapshots",
                    "analyses",
                    "sources",
                    "macros",
                    "exposures",
                    "groups",
                    "unit_tests",
                    "metrics",
                    "semantic_models",
                    "saved_queries",
                    "data_tests",
                    "functions");
    private static final Set<String> OTHERS = Set.of("version", "anchors");

    private final Problems problems;
    private final Map<String, List<PropertyItem>> items = new LinkedHashMap<>();

    PropertyFiles(Problems problems) {
        this.problems = problems;
    }

    List<PropertyItem> of(String kind) {
        return items.getOrDefault(kind, List.of());
    }

    void read(PackageFiles files) {
        DbtPackage.Paths paths = files.dbtPackage().paths();
        List<String> directories =
                Stream.of(
                                paths.models(),
                                paths.seeds(),
                                paths.snapshots(),
                                paths.analyses(),
                                paths.macros(),
                                paths.tests())
                        .flatMap(List::stream)
                        .distinct()
                        .toList();
        files.below(directories, "yml", "yaml").forEach(file -> read(files, file));
    }

    private void read(PackageFiles files, PackageFiles.File file) {
        YamlFiles.read(files.files(), file.project(), problems)
                .filter(YamlValue::isMapping)
                .ifPresent(document -> read(files, file, document.mapping()));
    }

    private void read(PackageFiles files, PackageFiles.File file, YamlMapping top) {
        top.entries()
                .forEach(
                        (key, value) -> {
                            if (KINDS.contains(key)) {
                                value.items().forEach(item -> add(files, file, key, item));
                            } else if (!OTHERS.contains(key)) {
                                problems.warn(
                                        top.position(key),
                                        "nothing is read from the key '"
                                                + key
                                                + "'"
                                                + NearestName.hint(key, KINDS));
                            }
                        });
    }

    private void add(PackageFiles files, PackageFiles.File file, String kind, YamlValue value) {
        if (!(value.plain() instanceof Map<?, ?> written)) {
            problems.add(value.position(), "expected keys with values, such as 'name'");
            return;
        }
        if (written.get("name") == null) {
            problems.add(value.position(), "the key 'name' is required here");
            return;
        }
        items.computeIfAbsent(kind, key -> new ArrayList<>())
                .add(
                        new PropertyItem(
                                files.dbtPackage(),
                                file.original(),
                                file.directories(),
                                value.position(),
                                Yaml.map(written)));
    }
}
