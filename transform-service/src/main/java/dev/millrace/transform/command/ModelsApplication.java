package dev.millrace.transform.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** dbt's commands, as a program of their own or among those of another command line. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Build, test and describe a dbt project in PostgreSQL.")
public final class ModelsApplication implements Runnable {

    private final CommandLine line = new CommandLine(this);

    private ModelsApplication() {}

    /** Runs a command: 0 done, 1 a node failed, 2 it could not even begin. */
    public static void main(String[] arguments) {
        ModelsApplication application = new ModelsApplication();
        addTo(application.line, new NoStack());
        System.exit(application.line.execute(arguments));
    }

    /** Adds the commands to others, which know of a stack that may be running. */
    public static void addTo(CommandLine line, RunningStack stack) {
        addTo(line, Surroundings.ofProcess(stack));
    }

    static void addTo(CommandLine line, Surroundings surroundings) {
        for (ProjectCommand command : commands(surroundings)) {
            line.addSubcommand(command);
        }
        line.addSubcommand(
                new CommandLine(new DocsCommand())
                        .addSubcommand(new DocsCommand.Generate(surroundings)));
        line.addSubcommand(
                new CommandLine(new SourceCommand())
                        .addSubcommand(new SourceCommand.FreshnessCommand(surroundings)));
    }

    private static List<ProjectCommand> commands(Surroundings surroundings) {
        return List.of(
                new BuildCommand(surroundings),
                new RunCommand(surroundings),
                new TestCommand(surroundings),
                new SeedCommand(surroundings),
                new SnapshotCommand(surroundings),
                new CompileCommand(surroundings),
                new ParseCommand(surroundings),
                new ListCommand(surroundings),
                new ShowCommand(surroundings),
                new DebugCommand(surroundings),
                new DepsCommand(surroundings),
                new CloneCommand(surroundings),
                new RunOperationCommand(surroundings),
                new RetryCommand(surroundings),
                new CleanCommand(surroundings));
    }

    /** Without a command: what there is. */
    @Override
    public void run() {
        line.usage(line.getOut());
    }

    /** A machine on which nothing is known of stacks. */
    private static final class NoStack implements RunningStack {

        @Override
        public Optional<Warehouse> warehouse(@Nullable Path data) {
            return Optional.empty();
        }

        @Override
        public boolean build(BuildRequest request, PrintWriter out) throws IOException {
            throw new IOException("no stack is running; name a database with --url");
        }
    }
}
