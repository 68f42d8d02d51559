package dev.millrace.embedded.postgres;

import dev.millrace.embedded.process.Signal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server of an earlier JVM that was killed: still shutting down, orphaned, or only its pid. */
final class LeftoverServer {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private LeftoverServer() {}

    /** Whoever calls this holds the directory's lock: nobody else may use a server in it. */
    static void end(Path data) throws IOException, InterruptedException {
        Path pidFile = data.resolve("postmaster.pid");
        Optional<ProcessHandle> server = running(pidFile);
        if (server.isEmpty()) {
            // Perhaps another program got its number since; PostgreSQL would refuse to start then.
            Files.deleteIfExists(pidFile);
            return;
        }
        for (Signal signal : new Signal[] {Signal.INT, Signal.QUIT, Signal.KILL}) {
            signal.send(server.get());
            if (endsWithin(server.get(), PATIENCE)) {
                return;
            }
        }
        throw new IOException(
                "the PostgreSQL server "
                        + server.get().pid()
                        + " of an earlier run does not end. Stop it, then try again.");
    }

    private static Optional<ProcessHandle> running(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        return Files.readAllLines(pidFile).stream()
                .findFirst()
                .map(String::strip)
                .filter(line -> line.matches("\\d{1,18}"))
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
                .filter(ProcessHandle::isAlive)
                .filter(LeftoverServer::isPostgres);
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().map(command -> command.endsWith("/postgres")).orElse(false);
    }

    private static boolean endsWithin(ProcessHandle process, Duration patience)
            throws InterruptedException {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException _) {
            return !process.isAlive();
        }
    }
}
