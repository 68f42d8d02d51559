package dev.millrace.standalone.command;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.transform.command.CommandGroup;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** Shows, tries and silences the alerts of the running stack. */
@Command(
        name = "alerts",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Show, try and silence the alerts of the running stack.",
        subcommands = {
            AlertsCommand.Listing.class,
            AlertsCommand.Trial.class,
            AlertsCommand.Silencing.class
        })
public final class AlertsCommand extends CommandGroup {

    /** What one of the commands does with the door. */
    private interface Work {
        int with(Alerts alerts) throws IOException, InterruptedException;
    }

    private static int run(DataOption data, CommandSpec spec, Work work)
            throws IOException, InterruptedException {
        return OperatorDoor.ofServing(
                data, spec, (door, clock, out) -> work.with(new Alerts(door, clock, out)));
    }

    private static Duration length(CommandSpec spec, String option, String text) {
        return TimeOption.parse(spec, option, text, Duration::isPositive, "30s, 5m, 2h or 7d");
    }

    /** The alerts, and how each instance stands. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List the alerts and how they stand.")
    static final class Listing implements Callable<Integer> {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "only instances that are inactive, pending, firing or resolved")
        private @Nullable String state;

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return run(data, spec, alerts -> alerts.list(state));
        }
    }

    /** Runs an alert over history. */
    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = "Tell when an alert would have fired.")
    static final class Trial implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "an alert of the project")
        private String name = "";

        @Option(
                names = "--since",
                paramLabel = "TIME",
                defaultValue = "1d",
                description = "how far back it begins (default: 1d)")
        private String since = "1d";

        @Option(
                names = "--step",
                paramLabel = "TIME",
                description =
                        "how often it is evaluated (default: as often as it is, or 2,000 times)")
        private @Nullable String step;

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Duration back = length(spec, "--since", since);
            if (step != null) {
                length(spec, "--step", step);
            }
            return run(data, spec, alerts -> alerts.test(name, back, step));
        }
    }

    /** Keeps alerts silent for a time. */
    @Command(
            name = "silence",
            mixinStandardHelpOptions = true,
            description = "Keep alerts silent for a time; list silences; end one.")
    static final class Silencing implements Callable<Integer> {

        @Parameters(
                arity = "0..*",
                paramLabel = "MATCHER",
                description =
                        "label=value, label!=value, label=~expression or label!~expression; a bare"
                                + " name is that of an alert")
        private List<String> matchers = List.of();

        @Option(
                names = "--for",
                paramLabel = "TIME",
                defaultValue = "2h",
                description = "how long (default: 2h)")
        private String length = "2h";

        @Option(names = "--comment", paramLabel = "TEXT", description = "why")
        private String comment = "millrace alerts silence";

        @Option(names = "--list", description = "show the silences")
        private boolean list;

        @Option(names = "--end", paramLabel = "ID", description = "end a silence")
        private @Nullable String end;

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            int asked = (matchers.isEmpty() ? 0 : 1) + (list ? 1 : 0) + (end == null ? 0 : 1);
            if (asked != 1) {
                throw new ParameterException(
                        spec.commandLine(), "name what to silence, or give --list or --end ID");
            }
            String id = end;
            if (id != null) {
                return run(data, spec, alerts -> alerts.endSilence(id));
            }
            if (list) {
                return run(data, spec, Alerts::silences);
            }
            String lasts = DurationText.write(length(spec, "--for", length));
            return run(data, spec, alerts -> alerts.silence(matchers, lasts, comment));
        }
    }
}
