package dev.millrace.transform.command;

import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;

import java.io.IOException;

/**
 * Builds and tests everything, in the order of the graph. Where the user names no project and a
 * stack is running, that builds its own.
 */
@picocli.CommandLine.Command(
        name = "build",
        mixinStandardHelpOptions = true,
        description = {
            "Build seeds, models and snapshots, and run the tests of each before what reads it.",
            "Without a project or a database, the running stack builds its own project."
        })
final class BuildCommand extends RunningCommand {

    BuildCommand(Surroundings surroundings) {
        super(surroundings, Command.BUILD);
    }

    @Override
    int run(Console console)
            throws CommandFailedException,
                    InvalidSelectionException,
                    IOException,
                    InterruptedException {
        boolean ofStack =
                !options().nameAnything()
                        && surroundings().stack().warehouse(options().data()).isPresent();
        if (!ofStack && options().data() != null && !options().nameAnything()) {
            throw new CommandFailedException(
                    "no stack is running on "
                            + options().data()
                            + ". Start one: ./millrace up --data "
                            + options().data());
        }
        if (!ofStack) {
            return super.run(console);
        }
        if (selection().beyondNames() || building().isAny()) {
            throw new CommandFailedException(
                    "the running stack builds its own project, and takes --select, --exclude and"
                            + " --vars only; for the other options name the project with"
                            + " --project");
        }
        RunningStack.BuildRequest request =
                new RunningStack.BuildRequest(
                        options().data(),
                        String.join(" ", selection().select()),
                        String.join(" ", selection().exclude()),
                        OpenProject.vars(options().vars()));
        return surroundings().stack().build(request, out()) ? 0 : 1;
    }
}
