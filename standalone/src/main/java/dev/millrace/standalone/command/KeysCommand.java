package dev.millrace.standalone.command;

import dev.millrace.transform.command.CommandGroup;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** Gives, lists, rotates and revokes keys for the metrics doors of the running stack. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Give and take keys for the metrics doors of the running stack.",
        subcommands = {
            KeysCommand.Creation.class,
            KeysCommand.Listing.class,
            KeysCommand.Rotation.class,
            KeysCommand.Revocation.class
        })
public final class KeysCommand extends CommandGroup {

    /** What one of the commands does with the door. */
    private interface Work {
        int with(Keys keys) throws IOException, InterruptedException;
    }

    private static int run(DataOption data, CommandSpec spec, Work work)
            throws IOException, InterruptedException {
        return OperatorDoor.ofServing(
                data, spec, (door, clock, out) -> work.with(new Keys(door, clock, out)));
    }

    private static Duration length(CommandSpec spec, String option, String text) {
        return TimeOption.parse(spec, option, text, _ -> true, "30m, 12h or 90d");
    }

    /** Makes a key. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Make a key; its secret is shown this once, in the first line.")
    static final class Creation implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "what it is for")
        private String name = "";

        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                required = true,
                split = ",",
                description = "meta, load, sql, export, live, feed, embed; several with commas")
        private List<String> scopes = List.of();

        @Option(
                names = "--context",
                paramLabel = "JSON",
                description = "its security context, such as {\"tenant_id\": \"acme\"}")
        private @Nullable String context;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "how long it is good (default: until it is revoked)")
        private @Nullable String length;

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Duration lasts = length == null ? null : length(spec, "--for", length);
            if (context != null && !isObject(context)) {
                throw new ParameterException(
                        spec.commandLine(), "--context is a JSON object, not " + context);
            }
            return run(data, spec, keys -> keys.create(name, scopes, context, lasts));
        }

        private static boolean isObject(String text) {
            try {
                return JsonMapper.shared().readTree(text).isObject();
            } catch (JacksonException e) {
                return false;
            }
        }
    }

    /** Shows the keys. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List the keys, newest first.")
    static final class Listing implements Callable<Integer> {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "only those that are good, expired or revoked")
        private @Nullable String state;

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return run(data, spec, keys -> keys.list(state));
        }
    }

    /** Gives a key another secret. */
    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Give a key another secret.")
    static final class Rotation implements Callable<Integer> {

        @Parameters(paramLabel = "ID", description = "of the key")
        private String id = "";

        @Option(
                names = "--overlap",
                paramLabel = "TIME",
                defaultValue = "1d",
                description = "how long the old secret stays good (default: 1d; at most 7d)")
        private String overlap = "1d";

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Duration lasts = length(spec, "--overlap", overlap);
            return run(data, spec, keys -> keys.rotate(id, lasts));
        }
    }

    /** Takes a key away. */
    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Take a key away, with all its secrets.")
    static final class Revocation implements Callable<Integer> {

        @Parameters(paramLabel = "ID", description = "of the key")
        private String id = "";

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return run(data, spec, keys -> keys.revoke(id));
        }
    }
}
