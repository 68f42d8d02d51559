package dev.millrace.transform.run;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.model.context.Target;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the service builds: name and schema come out of {@code profiles.yml}, and the connection is
 * the service's own.
 */
public record ServiceTarget(Environment environment, String database, int threads) {

    private static final String PROFILES = "profiles.yml";
    private static final String PROJECT = "dbt_project.yml";
    private static final String DEFAULT = "millrace";
    private static final String DEFAULT_SCHEMA = "analytics";
    private static final Pattern ENV_VAR =
            Pattern.compile(
                    "\\{\\{\\s*env_var\\(\\s*['\"]([A-Za-z_][A-Za-z0-9_]*)['\"]\\s*(?:,\\s*['\"]([^'\"]*)['\"]\\s*)?\\)\\s*(?:\\|[^}]*)?}}");

    /** The target of a project's profile; one of our own if there is no such file or profile. */
    public Target of(ProjectFiles files, Problems problems) {
        Optional<String> wanted =
                document(files, PROJECT, problems).map(project -> project.text("profile"));
        Optional<YamlMapping> profile =
                document(files, PROFILES, problems)
                        .flatMap(
                                profiles ->
                                        wanted.isEmpty()
                                                ? profiles.entries().values().stream().findFirst()
                                                : profiles.take(wanted.get()))
                        .filter(YamlValue::isMapping)
                        .map(YamlValue::mapping);
        if (profile.isEmpty()) {
            return target(DEFAULT, DEFAULT, null);
        }
        String name = text(profile.get(), "target").orElse(DEFAULT);
        Optional<YamlMapping> output =
                profile.get()
                        .take("outputs")
                        .map(YamlValue::mapping)
                        .flatMap(all -> all.take(name))
                        .map(YamlValue::mapping);
        if (output.isEmpty()) {
            profile.get()
                    .reject(
                            "target",
                            "the profile has no output '" + name + "', which its target names");
            return target(DEFAULT, DEFAULT, null);
        }
        return target(name, wanted.orElse(DEFAULT), text(output.get(), "schema").orElse(null));
    }

    private Target target(String name, String profile, @Nullable String schema) {
        return new Target(
                name,
                profile,
                database,
                schema == null || schema.isEmpty() ? DEFAULT_SCHEMA : schema,
                threads,
                Map.of());
    }

    private static Optional<YamlMapping> document(
            ProjectFiles files, String path, Problems problems) {
        return files.contains(path)
                ? YamlValue.parse(path, files.bytes(path), YamlValue.verbatim(), problems)
                        .filter(YamlValue::isMapping)
                        .map(YamlValue::mapping)
                : Optional.empty();
    }

    private Optional<String> text(YamlMapping mapping, String key) {
        return Optional.ofNullable(mapping.text(key))
                .map(
                        written -> {
                            Matcher matcher = ENV_VAR.matcher(written);
                            return matcher.replaceAll(
                                    match ->
                                            Matcher.quoteReplacement(
                                                    environment
                                                            .value(match.group(1))
                                                            .orElse(
                                                                    match.group(2) == null
                                                                            ? ""
                                                                            : match.group(2))));
                        });
    }
}
