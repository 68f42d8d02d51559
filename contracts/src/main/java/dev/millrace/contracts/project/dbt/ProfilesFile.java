package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the target out of {@code profiles.yml}. Its connection is dbt's own business: Millrace
 * connects with its own settings.
 */
final class ProfilesFile {

    private static final String PATH = "profiles.yml";
    private static final Pattern ENV_VAR =
            Pattern.compile(
                    "\\{\\{\\s*env_var\\(\\s*['\"]([A-Za-z_][A-Za-z0-9_]*)['\"]\\s*(?:,\\s*['\"]([^'\"]*)['\"]\\s*)?\\)\\s*(?:\\|[^}]*)?}}");

    private final Environment environment;

    ProfilesFile(Environment environment) {
        this.environment = environment;
    }

    /** The target of a profile; the default one if there is no such file or profile. */
    DbtTarget target(ProjectFiles files, @Nullable String profileName, Problems problems) {
        byte[] content = files.contents().get(PATH);
        if (content == null) {
            return DbtTarget.DEFAULT;
        }
        Optional<YamlMapping> profile =
                YamlValue.parse(PATH, content, YamlValue.verbatim(), problems)
                        .map(YamlValue::mapping)
                        .flatMap(
                                profiles ->
                                        profileName == null
                                                ? profiles.entries().values().stream().findFirst()
                                                : profiles.take(profileName))
                        .map(YamlValue::mapping);
        if (profile.isEmpty()) {
            return DbtTarget.DEFAULT;
        }
        Optional<YamlMapping> outputs = profile.get().take("outputs").map(YamlValue::mapping);
        String name = text(profile.get(), "target").orElse("default");
        Optional<YamlMapping> output =
                outputs.flatMap(all -> all.take(name)).map(YamlValue::mapping);
        if (output.isEmpty()) {
            profile.get()
                    .reject(
                            "target",
                            "the profile has no output '" + name + "', which its target names");
            return DbtTarget.DEFAULT;
        }
        String schema = text(output.get(), "schema").orElse(DbtTarget.DEFAULT.schema());
        return new DbtTarget(name, schema.isEmpty() ? DbtTarget.DEFAULT.schema() : schema);
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
