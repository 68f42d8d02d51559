package dev.millrace.transform.model.profile;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.EnvironmentRendering;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads the output of a profile that a project is built in. Others need not even be valid. */
public final class ProfileReader {

    private static final String PROJECT = "dbt_project.yml";
    private static final String DEFAULT_OUTPUT = "default";

    private final Environment environment;
    private final EnvironmentRendering rendering;
    private final Problems problems;

    /**
     * @param environment what {@code env_var} reads, secrets included
     * @param vars values that the command was given for {@code var}
     * @param problems takes every mistake
     */
    public ProfileReader(Environment environment, Map<String, Object> vars, Problems problems) {
        this.environment = environment;
        this.rendering = new EnvironmentRendering(environment, vars);
        this.problems = problems;
    }

    /** The output; nothing if there were mistakes, which were told. */
    public Optional<Profile> read(ProfileRequest request) {
        ProfileFiles files = new ProfileFiles(request, environment, problems);
        Optional<String> name = profileName(request, files);
        Optional<Path> file = name.isEmpty() ? Optional.empty() : files.find();
        Optional<YamlMapping> profiles = file.flatMap(files::read);
        if (profiles.isEmpty()) {
            return Optional.empty();
        }
        return profile(profiles.get(), name.get())
                .flatMap(profile -> output(profile, name.get(), request.output()))
                .flatMap(
                        output ->
                                new OutputReader(output, rendering, problems)
                                        .read(name.get(), request.threads()))
                .map(read -> new Profile(read.target(), read.access(), file.get()));
    }

    private Optional<String> profileName(ProfileRequest request, ProfileFiles files) {
        if (request.profile() != null) {
            return Optional.of(request.profile());
        }
        Path file = request.project().resolve(PROJECT);
        if (!Files.isRegularFile(file)) {
            problems.add(
                    new Position(file.toString(), 1, 1),
                    "there is no such file, so this is no dbt project; go to the project's"
                            + " directory, or name it with --project-dir");
            return Optional.empty();
        }
        Optional<YamlMapping> project = files.read(file);
        Optional<String> name =
                project.flatMap(mapping -> mapping.take("profile"))
                        .flatMap(value -> rendered(rendering, value, problems));
        if (name.isEmpty() && project.isPresent() && problems.isEmpty()) {
            problems.add(
                    project.get().position("profile"),
                    "the key 'profile' is required here: the name of a profile in profiles.yml");
        }
        return name;
    }

    private Optional<YamlMapping> profile(YamlMapping profiles, String name) {
        Optional<YamlValue> found = profiles.take(name);
        if (found.isEmpty()) {
            problems.add(
                    profiles.position(),
                    "there is no profile '"
                            + name
                            + "'"
                            + NearestName.hint(name, profiles.entries().keySet())
                            + "; write it, or name another with --profile");
        }
        return found.map(YamlValue::mapping);
    }

    private Optional<OutputReader.Output> output(
            YamlMapping profile, String profileName, @Nullable String asked) {
        Optional<YamlMapping> outputs = profile.take("outputs").map(YamlValue::mapping);
        if (outputs.isEmpty()) {
            problems.add(
                    profile.position("outputs"),
                    "the key 'outputs' is required in the profile '" + profileName + "'");
            return Optional.empty();
        }
        Optional<YamlValue> written = profile.take("target");
        String name =
                asked != null
                        ? asked
                        : written.flatMap(value -> rendered(rendering, value, problems))
                                .orElse(DEFAULT_OUTPUT);
        Optional<YamlValue> found = outputs.get().take(name);
        if (found.isEmpty() && problems.isEmpty()) {
            problems.add(
                    profile.position("target"),
                    "the profile '"
                            + profileName
                            + "' has no output '"
                            + name
                            + "'; it has: "
                            + String.join(", ", outputs.get().entries().keySet()));
        }
        return found.map(value -> new OutputReader.Output(name, value.mapping()));
    }

    /** A value as text; nothing if it is empty, or cannot be rendered, which is a problem. */
    private static Optional<String> rendered(
            EnvironmentRendering rendering, YamlValue value, Problems problems) {
        try {
            return value.text()
                    .map(text -> rendering.render(value.position().file(), text).value())
                    .map(String::valueOf)
                    .filter(text -> !text.isBlank());
        } catch (JinjaException e) {
            problems.add(value.position(), e.problem());
            return Optional.empty();
        }
    }
}
