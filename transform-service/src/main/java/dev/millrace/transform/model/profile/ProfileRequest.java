package dev.millrace.transform.model.profile;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * Which output is asked for.
 *
 * @param project directory of the project
 * @param home directory of the user, in which {@code .dbt} is
 * @param directory directory of {@code profiles.yml}; null to look for it
 * @param profile name of the profile; null for the one that {@code dbt_project.yml} names
 * @param output name of the output; null for the profile's own target
 * @param threads nodes that are built at a time; null for what the output says
 */
public record ProfileRequest(
        Path project,
        Path home,
        @Nullable Path directory,
        @Nullable String profile,
        @Nullable String output,
        @Nullable Integer threads) {

    /** Nothing is asked for but what the files say. */
    public static ProfileRequest of(Path project, Path home) {
        return new ProfileRequest(project, home, null, null, null, null);
    }
}
