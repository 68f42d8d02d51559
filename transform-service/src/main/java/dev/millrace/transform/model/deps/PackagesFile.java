package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.model.context.EnvironmentRendering;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the lists of packages of a project, and the name that it has. */
final class PackagesFile {

    static final String PACKAGES = "packages.yml";
    static final String DEPENDENCIES = "dependencies.yml";
    static final String PROJECT = "dbt_project.yml";

    private static final int MAX_BYTES = 1 << 20;
    private static final String KEY = "packages";

    private final EnvironmentRendering rendering;
    private final Problems problems;

    PackagesFile(EnvironmentRendering rendering, Problems problems) {
        this.rendering = rendering;
        this.problems = problems;
    }

    /**
     * The packages that a project asks for.
     *
     * @param shown how its directory is called in messages; empty for the project itself
     */
    List<PackageSpec> read(Path directory, String shown) {
        Optional<YamlMapping> packages = document(directory, PACKAGES, shown);
        Optional<YamlMapping> dependencies = document(directory, DEPENDENCIES, shown);
        dependencies
                .filter(mapping -> mapping.take("projects").isPresent())
                .ifPresent(
                        mapping ->
                                mapping.warn(
                                        "projects",
                                        "what is built elsewhere is not known here; list a project"
                                                + " as a package to use its models"));
        if (packages.filter(m -> m.take(KEY).isPresent()).isPresent()
                && dependencies.filter(m -> m.take(KEY).isPresent()).isPresent()) {
            dependencies
                    .get()
                    .reject(KEY, "packages stand in packages.yml already; list them in one file");
        }
        List<PackageSpec> specs = new ArrayList<>();
        packages.ifPresent(mapping -> specs.addAll(specs(mapping, rendering)));
        if (specs.isEmpty()) {
            // dbt renders no templates in this file.
            dependencies.ifPresent(mapping -> specs.addAll(specs(mapping, null)));
        }
        return specs;
    }

    /** The entries of a list of packages, as also a lock file has them. */
    List<PackageSpec> specs(YamlMapping mapping, @Nullable EnvironmentRendering with) {
        List<PackageSpec> specs = new ArrayList<>();
        for (YamlValue item : mapping.list(KEY)) {
            new SpecReader(item, with, problems).read().ifPresent(specs::add);
        }
        return specs;
    }

    /** A file's mapping; nothing if there is no such file, or it is empty or wrong. */
    Optional<YamlMapping> document(Path directory, String file, String shown) {
        Path path = directory.resolve(file);
        String name = shown.isEmpty() ? file : shown + "/" + file;
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try {
            if (Files.size(path) > MAX_BYTES) {
                problems.add(new Position(name, 1, 1), "this file is larger than 1 MiB");
                return Optional.empty();
            }
            return YamlValue.parse(name, Files.readAllBytes(path), YamlValue.verbatim(), problems)
                    .filter(YamlValue::isMapping)
                    .map(YamlValue::mapping);
        } catch (IOException e) {
            problems.add(new Position(name, 1, 1), "this file cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A key of {@code dbt_project.yml}. */
    Optional<String> projectKey(Path directory, String shown, String key) {
        return document(directory, PROJECT, shown)
                .map(YamlMapping::entries)
                .map((Map<String, YamlValue> entries) -> entries.get(key))
                .filter(value -> !value.isNull())
                .flatMap(YamlValue::text);
    }
}
