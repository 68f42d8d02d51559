package dev.millrace.embedded.postgres;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.process.UnprivilegedAccount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one of PostgreSQL's programs to its end. */
final class PostgresProgram {

    private PostgresProgram() {}

    static void run(List<String> command, Optional<UnprivilegedAccount> account, Path home)
            throws IOException {
        Path log = home.resolve("initdb.log");
        Files.deleteIfExists(log);
        ChildProcess process =
                ChildProcess.start(
                        ChildCommand.of("initdb", command, log)
                                .withEnvironment(Map.of("LC_ALL", "C"))
                                .as(account));
        int exit = process.onExit().join();
        if (exit != 0) {
            throw new IOException(
                    "initdb failed with exit code " + exit + ": " + Files.readString(log).strip());
        }
    }
}
