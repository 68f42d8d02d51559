package dev.millrace.embedded.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A process that this JVM started and that ends with it: on Linux the kernel signals it when this
 * JVM dies, even by {@code kill -9}. It runs in a session of its own, so that Ctrl-C in a terminal
 * reaches this JVM alone, which then stops its children in order.
 */
public final class ChildProcess {

    private final String name;
    private final Process process;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /** Starts what {@code command} says; both output streams are appended to its log file. */
    public static ChildProcess start(ChildCommand command) throws IOException {
        // What a program says may hold what others must not read.
        PrivateFiles.createIfMissing(command.log());
        CompletableFuture<Process> started = new CompletableFuture<>();
        // The kernel watches the thread that forked, not the process: it has to live as long as
        // the child. A virtual thread would not do, nor would one of a pool.
        Thread.ofPlatform()
                .name("keeper of " + command.name())
                .daemon()
                .start(() -> keep(command, started));
        try {
            return new ChildProcess(command.name(), started.join());
        } catch (CompletionException e) {
            throw new IOException("cannot start " + command.name() + ": " + e.getMessage(), e);
        }
    }

    private static void keep(ChildCommand command, CompletableFuture<Process> started) {
        Process process;
        try {
            process = builder(command).start();
        } catch (IOException | RuntimeException e) {
            started.completeExceptionally(e);
            return;
        }
        started.complete(process);
        boolean running = true;
        while (running) {
            try {
                process.waitFor();
                running = false;
            } catch (InterruptedException _) {
                // Nobody interrupts this thread on purpose, and leaving would kill the child.
            }
        }
    }

    private static ProcessBuilder builder(ChildCommand command) {
        ProcessBuilder builder = new ProcessBuilder(command.wrapped());
        Map<String, String> environment = builder.environment();
        environment.putAll(command.environment());
        command.directory().map(Path::toFile).ifPresent(builder::directory);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(command.log().toFile()));
        return builder;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit code when the process ends. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Asks the process to end with this signal and kills it when it takes longer than that. */
    public void stop(Signal signal, Duration patience) {
        if (!process.isAlive()) {
            return;
        }
        boolean interrupted = false;
        try {
            signal.send(process.toHandle());
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException _) {
            interrupted = true;
        }
        process.destroyForcibly();
        process.onExit().join();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
