package dev.millrace.transform.command;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.ProjectFiles;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * The machine that a command runs on.
 *
 * @param home directory of the user, in which {@code .dbt} is
 * @param program names the build of Millrace that this is; empty if that is not known
 */
record Surroundings(
        Map<String, String> variables,
        Path home,
        RunningStack stack,
        Clock clock,
        Optional<String> program) {

    static Surroundings ofProcess(RunningStack stack) {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                stack,
                Clock.systemUTC(),
                ProgramFiles.name(OpenProject.class, ProjectFiles.class));
    }

    Environment environment() {
        return Environment.of(variables);
    }
}
