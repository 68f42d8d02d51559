package dev.millrace.standalone.command;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.standalone.stack.Stack;
import dev.millrace.standalone.stack.StackAccess;
import dev.millrace.standalone.stack.StackSettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs a stack in the foreground. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Run PostgreSQL, Kafka and the three services, until Ctrl-C.")
public final class UpCommand implements Callable<Integer> {

    @Option(
            names = "--project",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "the project that describes all that flows (default: this directory)")
    private Path project = Path.of(".");

    @Mixin private DataOption data = new DataOption();

    @Mixin private PortOption port = new PortOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        StackSettings settings =
                new StackSettings(
                        StackSettings.installation(),
                        project,
                        data.directory(),
                        port.ports(),
                        Map.of());
        long began = System.nanoTime();
        ConsoleProgress progress = new ConsoleProgress(out, Clock.system(ZoneId.systemDefault()));
        try (Stack stack = Stack.open(settings, progress)) {
            if (!isUsable(settings, out)) {
                return 1;
            }
            ShutdownHook.closing(stack, out);
            out.println("Starting on " + settings.data() + ", project " + settings.project());
            out.flush();
            stack.start();
            welcome(out, stack.access(), Duration.ofNanos(System.nanoTime() - began));
            stack.awaitClose();
        }
        return 0;
    }

    /** A project that never was good is refused here, before anything starts. */
    private static boolean isUsable(StackSettings settings, PrintWriter out) throws IOException {
        try {
            ProjectCheck.read(settings.project(), System.getenv())
                    .warnings()
                    .forEach(warning -> out.println("warning: " + warning));
            return true;
        } catch (InvalidProjectException e) {
            e.problems().forEach(out::println);
            boolean ranBefore = Files.exists(settings.data().resolve("postgres/data"));
            out.println(
                    ranBefore
                            ? "The project has mistakes; its last good revision stays in force."
                            : "The project has mistakes. Mend them first: nothing was started.");
            out.flush();
            return ranBefore;
        }
    }

    private static void welcome(PrintWriter out, StackAccess access, Duration took) {
        out.println("READY in %.1f s".formatted(ConsoleProgress.seconds(took)));
        out.println("  ingestion   " + access.ingestionUrl());
        out.println("  transform   " + access.transformUrl());
        out.println("  serving     " + access.servingUrl());
        out.println("  Kafka       " + access.kafkaBootstrap());
        out.println("  warehouse   " + access.warehouseJdbcUrl() + " (./millrace psql)");
        out.println("Addresses and tokens for another shell: eval \"$(./millrace env)\"");
        out.println("Ctrl-C stops everything and keeps the data.");
        out.flush();
    }
}
