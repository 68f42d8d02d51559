package dev.millrace.transform.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** What each command takes about the project, and where it is built. */
final class ProjectOptions {

    @Option(
            names = {"--project", "--project-dir"},
            paramLabel = "DIR",
            description = "the project (default: this directory)")
    private @Nullable Path project;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "PostgreSQL to build in, as postgresql://USER@HOST:PORT/DATABASE; the password"
                            + " is that of PGPASSWORD")
    private @Nullable String url;

    @Option(
            names = "--schema",
            paramLabel = "SCHEMA",
            description = "schema of what has none of its own, where profiles.yml does not say")
    private @Nullable String schema;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data directory of the running stack to build in (default: ./.millrace)")
    private @Nullable Path data;

    @Option(
            names = "--profiles-dir",
            paramLabel = "DIR",
            description = "directory of profiles.yml (default: the project's, then ~/.dbt)")
    private @Nullable Path profilesDirectory;

    @Option(names = "--profile", paramLabel = "NAME", description = "profile to use")
    private @Nullable String profile;

    @Option(
            names = {"-t", "--target"},
            paramLabel = "NAME",
            description = "output of the profile to use")
    private @Nullable String target;

    @Option(
            names = "--target-path",
            paramLabel = "DIR",
            description = "where artifacts go (default: target in the project)")
    private @Nullable Path targetPath;

    @Option(
            names = "--vars",
            paramLabel = "YAML",
            defaultValue = "{}",
            description = "variables, as a mapping in YAML or JSON")
    private String vars = "{}";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "nodes at a time (default: what the profile says, else 4)")
    private @Nullable Integer threads;

    @Option(
            names = "--partial-parse",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "take over what the last command read of a project that has not changed"
                            + " (default: yes)")
    private boolean partialParse = true;

    @Option(
            names = {"-q", "--quiet"},
            description = "tell nothing but mistakes and what was asked for")
    private boolean quiet;

    Path project() {
        return project == null ? Path.of(".") : project;
    }

    /** Whether the user has said which project, or where it is built. */
    boolean nameAnything() {
        return project != null
                || url != null
                || profilesDirectory != null
                || profile != null
                || target != null;
    }

    @Nullable String url() {
        return url;
    }

    @Nullable String schema() {
        return schema;
    }

    @Nullable Path data() {
        return data;
    }

    @Nullable Path profilesDirectory() {
        return profilesDirectory;
    }

    @Nullable String profile() {
        return profile;
    }

    @Nullable String target() {
        return target;
    }

    /** Where artifacts go. */
    Path artifacts() {
        return targetPath == null
                ? project().resolve("target")
                : project().toAbsolutePath().resolve(targetPath);
    }

    String vars() {
        return vars;
    }

    @Nullable Integer threads() {
        return threads;
    }

    boolean partialParse() {
        return partialParse;
    }

    boolean quiet() {
        return quiet;
    }
}
