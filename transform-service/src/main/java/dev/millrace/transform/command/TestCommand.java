package dev.millrace.transform.command;

import dev.millrace.transform.model.select.Command;

/** Runs data tests and unit tests. */
@picocli.CommandLine.Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = "Run data tests and unit tests.")
final class TestCommand extends RunningCommand {

    TestCommand(Surroundings surroundings) {
        super(surroundings, Command.TEST);
    }
}
