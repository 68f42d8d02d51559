package dev.millrace.standalone.demo;

import dev.millrace.standalone.command.ConsoleProgress;
import dev.millrace.standalone.command.DataOption;
import dev.millrace.standalone.command.PortOption;
import dev.millrace.standalone.command.ShutdownHook;
import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.stack.Stack;
import dev.millrace.standalone.stack.StackSettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Starts a stack on the example shop, plays it, and prints what it knows. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Run the example shop: play thirteen weeks of it through the real doors, build its",
            "models, and print the answers to six questions, each with the command that asks it."
        })
public final class DemoCommand implements Callable<Integer> {

    private static final long SEED = 42;

    /** The variables that the project's sources take their write keys from. */
    private static final Map<Door, String> KEY_VARIABLES =
            Map.of(Door.WEB, "WEB_WRITE_KEY", Door.MAIL, "MAIL_WRITE_KEY");

    @Option(names = "--once", description = "end when everything is answered")
    private boolean once;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "another number tells another history (default: 42)")
    private long seed = SEED;

    @Mixin private DataOption data = new DataOption();

    @Mixin private PortOption port = new PortOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path home = StackSettings.installation();
        Path project = home.resolve("examples/shop");
        Map<Door, String> writeKeys = writeKeys(System.getenv());
        StackSettings settings =
                new StackSettings(
                        home, project, data.directory(), port.ports(), environment(writeKeys));
        try (Stack stack =
                Stack.open(
                        settings, new ConsoleProgress(out, Clock.system(ZoneId.systemDefault())))) {
            ShutdownHook.closing(stack, out);
            out.println("Starting on " + settings.data());
            out.flush();
            stack.start();
            new Demo(Addresses.of(stack.access()), project, settings.data(), System.out)
                    .run(seed, writeKeys);
            if (!once) {
                out.println(
                        "\nEverything keeps running until Ctrl-C. In another shell:"
                                + " eval \"$(./millrace env)\"");
                out.flush();
                stack.awaitClose();
            }
            return 0;
        } catch (DemoFailedException e) {
            out.println("\nThe demo failed: " + e.getMessage());
            out.println("The logs of all components are in " + settings.data().resolve("logs"));
            out.flush();
            return 1;
        }
    }

    /** Keys for a stack on this machine; whoever sets the variables chooses others. */
    static Map<Door, String> writeKeys(Map<String, String> environment) {
        Map<Door, String> keys = new EnumMap<>(Door.class);
        KEY_VARIABLES.forEach(
                (door, variable) ->
                        keys.put(
                                door, environment.getOrDefault(variable, "demo-" + door.source())));
        return keys;
    }

    private static Map<String, String> environment(Map<Door, String> writeKeys) {
        Map<String, String> environment = new HashMap<>();
        writeKeys.forEach(
                (door, key) -> environment.put(KEY_VARIABLES.getOrDefault(door, ""), key));
        return environment;
    }
}
