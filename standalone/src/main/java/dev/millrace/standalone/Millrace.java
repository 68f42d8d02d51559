package dev.millrace.standalone;

import dev.millrace.standalone.command.AlertsCommand;
import dev.millrace.standalone.command.EnvCommand;
import dev.millrace.standalone.command.KeysCommand;
import dev.millrace.standalone.command.OwnStack;
import dev.millrace.standalone.command.PsqlCommand;
import dev.millrace.standalone.command.TeamsCommand;
import dev.millrace.standalone.command.UpCommand;
import dev.millrace.standalone.command.ValidateCommand;
import dev.millrace.standalone.demo.DemoCommand;
import dev.millrace.transform.command.ModelsApplication;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The {@code millrace} command. */
@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        versionProvider = Millrace.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "The data engineering lifecycle as one platform, on this machine.",
        footer = {
            "",
            "Try:  millrace demo              see it work, in two minutes",
            "      millrace up --project DIR  run your own project",
            "      eval \"$(millrace env)\"     and reach it from another shell",
            "      millrace build --project DIR --url postgresql://USER@HOST/DATABASE",
            "                                 build a dbt project in any PostgreSQL"
        },
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            EnvCommand.class,
            PsqlCommand.class,
            AlertsCommand.class,
            KeysCommand.class,
            TeamsCommand.class,
            ValidateCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Millrace implements Runnable {

    private Millrace() {}

    /** Runs a command and ends with its exit code: 0 done, 1 failed, 2 wrong use. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command with all that it knows. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Millrace());
        ModelsApplication.addTo(line, new OwnStack());
        return line.setExecutionExceptionHandler(
                (failure, command, _) -> {
                    command.getErr().println("millrace: " + failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /** Without a command: what there is. */
    @Override
    public void run() {
        commandLine().usage(System.out);
    }

    /** The version that the build wrote down. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() throws IOException {
            Properties properties = new Properties();
            try (InputStream in = Millrace.class.getResourceAsStream("millrace.properties")) {
                properties.load(in);
            }
            return new String[] {"millrace " + properties.getProperty("version")};
        }
    }
}
