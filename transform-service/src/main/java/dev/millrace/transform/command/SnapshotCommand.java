package dev.millrace.transform.command;

import dev.millrace.transform.model.select.Command;

/** Takes snapshots. */
@picocli.CommandLine.Command(
        name = "snapshot",
        mixinStandardHelpOptions = true,
        description = "Take snapshots.")
final class SnapshotCommand extends RunningCommand {

    SnapshotCommand(Surroundings surroundings) {
        super(surroundings, Command.SNAPSHOT);
    }
}
