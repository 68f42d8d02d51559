package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;

import picocli.CommandLine;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Does again what failed or was skipped in the last run, with its options. */
@picocli.CommandLine.Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = "Do again what failed or was skipped in the last run, with its options.")
final class RetryCommand extends ProjectCommand {

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "where run_results.json of that run is (default: target)")
    private @org.jspecify.annotations.Nullable Path state;

    RetryCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException, InvalidSelectionException, IOException {
        EarlierRun earlier = EarlierRun.read(state == null ? options().artifacts() : state);
        Command command = command(earlier.command());
        BuildingOptions building = new BuildingOptions();
        SelectionOptions selection = new SelectionOptions();
        populate(building, earlier.building());
        populate(selection, earlier.deferral());
        OpenProject project = open(console);
        List<Step> steps =
                earlier.unfinished().stream()
                        .map(id -> project.manifest().step(id))
                        .flatMap(Optional::stream)
                        .toList();
        if (steps.isEmpty()) {
            console.tell("Nothing to do: the last run left nothing undone.");
            return 0;
        }
        return new NodeRun(
                        project,
                        console,
                        new NodeRun.Asked(
                                command,
                                steps,
                                List.of(),
                                building,
                                earlier.batches(),
                                selection.deferral(project),
                                earlier.arguments()))
                .execute();
    }

    private static Command command(String word) throws CommandFailedException {
        return switch (word) {
            case "build", "run", "test", "seed", "snapshot" ->
                    Command.valueOf(word.toUpperCase(Locale.ROOT));
            default ->
                    throw new CommandFailedException(
                            "the last run was '" + word + "', which cannot be done again by parts");
        };
    }

    private static void populate(Object options, List<String> arguments) {
        new CommandLine(options).parseArgs(arguments.toArray(String[]::new));
    }
}
