package dev.millrace.transform.command;

import dev.millrace.transform.model.select.Command;

/** Loads seeds. */
@picocli.CommandLine.Command(
        name = "seed",
        mixinStandardHelpOptions = true,
        description = "Load seeds: the project's CSV files.")
final class SeedCommand extends RunningCommand {

    SeedCommand(Surroundings surroundings) {
        super(surroundings, Command.SEED);
    }
}
