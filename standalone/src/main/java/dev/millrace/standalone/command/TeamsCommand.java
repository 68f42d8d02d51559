package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.StackAccess;
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
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** Makes, lists and drops teams' logins in the warehouse of the running stack. */
@Command(
        name = "teams",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Make and drop teams' logins, which read the warehouse of the running stack.",
        subcommands = {
            TeamsCommand.Creation.class,
            TeamsCommand.Listing.class,
            TeamsCommand.Dropping.class
        })
public final class TeamsCommand extends CommandGroup {

    /** What one of the commands does in the warehouse. */
    private interface Work {
        int with(Teams teams) throws IOException, SQLException;
    }

    private static int run(DataOption data, CommandSpec spec, Work work)
            throws IOException, SQLException {
        StackAccess access = StackAccess.ofRunning(data.directory(), Clock.systemUTC());
        PrintWriter out = spec.commandLine().getOut();
        try (Connection owner = access.warehouseAsOwner()) {
            return work.with(new Teams(owner, access.warehouseJdbcUrl(), out));
        } finally {
            out.flush();
        }
    }

    /** Makes a team. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Make a team's login; its password is shown this once, in the first line.")
    static final class Creation implements Callable<Integer> {

        @Parameters(
                paramLabel = "NAME",
                description = "small letters, digits and _; the login is team_NAME")
        private String name = "";

        @Option(
                names = "--tenant",
                paramLabel = "TENANT",
                description = "whose rows it sees; may be given several times (default: nobody's)")
        private List<String> tenants = List.of();

        @Option(names = "--all-tenants", description = "it sees the rows of all tenants")
        private boolean all;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "how long it may log in (default: until it is dropped)")
        private @Nullable String length;

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, SQLException {
            if (all && !tenants.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "--tenant and --all-tenants do not go together");
            }
            Instant until = length == null ? null : end(length);
            return run(data, spec, teams -> teams.create(name, all ? null : tenants, until));
        }

        private Instant end(String text) {
            return Clock.systemUTC()
                    .instant()
                    .plus(TimeOption.parse(spec, "--for", text, _ -> true, "12h or 90d"));
        }
    }

    /** Shows the teams. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List the teams, and whose rows they see.")
    static final class Listing implements Callable<Integer> {

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, SQLException {
            return run(data, spec, Teams::list);
        }
    }

    /** Takes a team away. */
    @Command(
            name = "drop",
            mixinStandardHelpOptions = true,
            description = "Take a team's login away, and end its sessions.")
    static final class Dropping implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "of the team, without team_")
        private String name = "";

        @Mixin private DataOption data = new DataOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException, SQLException {
            return run(data, spec, teams -> teams.drop(name));
        }
    }
}
