package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.StackAccess;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A SQL prompt on the warehouse, as the role that only reads. */
@Command(
        name = "psql",
        mixinStandardHelpOptions = true,
        description = {
            "A SQL prompt on the warehouse, as the role that only reads.",
            "Runs psql where it is installed, else a small prompt of its own."
        })
public final class PsqlCommand implements Callable<Integer> {

    @Mixin private DataOption data = new DataOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "ARGS",
            description = "for psql, after --; for example: -- -c 'select 1'")
    private List<String> arguments = List.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        StackAccess access = StackAccess.ofRunning(data.directory(), Clock.systemUTC());
        Optional<Path> psql = installed();
        return psql.isPresent() ? run(psql.get(), access) : prompt(access);
    }

    private int run(Path psql, StackAccess access) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(psql.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        // In the environment, as everybody on the machine can see a process's arguments.
        builder.environment().putAll(libpqVariables(access));
        return builder.start().waitFor();
    }

    static Map<String, String> libpqVariables(StackAccess access) {
        return Map.of(
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                access.warehouseJdbcUrl().replaceAll(".*:(\\d+)/.*", "$1"),
                "PGDATABASE",
                "warehouse",
                "PGUSER",
                access.warehouseUser(),
                "PGPASSWORD",
                access.warehousePassword());
    }

    private int prompt(StackAccess access) throws SQLException, IOException {
        try (Connection connection =
                DriverManager.getConnection(
                        access.warehouseJdbcUrl(),
                        access.warehouseUser(),
                        access.warehousePassword())) {
            SqlPrompt prompt = new SqlPrompt(connection, spec.commandLine().getOut());
            int command = arguments.indexOf("-c");
            if (command >= 0 && command + 1 < arguments.size()) {
                return prompt.run(arguments.get(command + 1)) ? 0 : 1;
            }
            Charset charset = Charset.defaultCharset();
            return prompt.readFrom(new InputStreamReader(System.in, charset)) ? 0 : 1;
        }
    }

    private static Optional<Path> installed() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "psql"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
