package dev.millrace.transform.command;

import dev.millrace.contracts.project.Environment;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * The machine that a command runs on.
 *
 * @param home directory of the user, in which {@code .dbt} is
 */
record Surroundings(Map<String, String> variables, Path home, RunningStack stack, Clock clock) {

    static Surroundings ofProcess(RunningStack stack) {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                stack,
                Clock.systemUTC());
    }

    Environment environment() {
        return Environment.of(variables);
    }
}
