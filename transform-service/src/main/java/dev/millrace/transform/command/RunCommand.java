package dev.millrace.transform.command;

import dev.millrace.transform.model.select.Command;

/** Builds models. */
@picocli.CommandLine.Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Build models.")
final class RunCommand extends RunningCommand {

    RunCommand(Surroundings surroundings) {
        super(surroundings, Command.RUN);
    }
}
