package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.StackAccess;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;

/** Prints shell variables that lead to the running stack. */
@Command(
        name = "env",
        mixinStandardHelpOptions = true,
        description = "Print shell variables of the running stack: eval \"$(millrace env)\".")
public final class EnvCommand implements Callable<Integer> {

    @Mixin private DataOption data = new DataOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        // Nothing in the values needs quoting: addresses, base64 and tokens.
        StackAccess.ofRunning(data.directory(), Clock.systemUTC())
                .variables()
                .forEach((name, value) -> out.println("export " + name + "=" + value));
        return 0;
    }
}
