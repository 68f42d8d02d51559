package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.Signal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Processes of an earlier run whose supervisor was killed. On Linux they were told to end and may
 * still be draining; elsewhere nobody told them.
 */
final class Leftovers {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Leftovers() {}

    /** Ends them. Whoever calls this holds the data directory's lock. */
    static void end(DataDirectory data, Progress progress)
            throws IOException, InterruptedException {
        List<Path> pidFiles;
        try (Stream<Path> files = Files.list(data.run())) {
            pidFiles = files.filter(f -> f.toString().endsWith(".pid")).toList();
        }
        if (!pidFiles.isEmpty()) {
            progress.note("the last run did not end by itself; recovering");
        }
        for (Path pidFile : pidFiles) {
            // PostgreSQL's launcher knows better how to end a server of its own.
            if (!pidFile.equals(data.pidFile("postgres"))) {
                end(pidFile);
            }
            Files.delete(pidFile);
        }
        RunningStack.withdraw(data);
    }

    private static void end(Path pidFile) throws IOException, InterruptedException {
        String text = Files.readString(pidFile).strip();
        if (!text.matches("\\d{1,18}")) {
            return;
        }
        ProcessHandle process = ProcessHandle.of(Long.parseLong(text)).orElse(null);
        Instant written = Files.getLastModifiedTime(pidFile).toInstant();
        if (process == null || !isTheOneThatWasStarted(process, written)) {
            return;
        }
        for (Signal signal : List.of(Signal.TERM, Signal.KILL)) {
            signal.send(process);
            try {
                process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException _) {
                // then by force
            } catch (ExecutionException e) {
                throw new IOException("cannot wait for process " + text, e);
            }
        }
    }

    /** Numbers of processes come around again: a stranger started after the file was written. */
    private static boolean isTheOneThatWasStarted(ProcessHandle process, Instant written) {
        return process.isAlive()
                && process.info()
                        .startInstant()
                        .map(start -> start.isBefore(written.plusSeconds(1)))
                        .orElse(false)
                && process.info().command().map(c -> c.endsWith("/java")).orElse(false);
    }
}
