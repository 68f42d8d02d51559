package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.ChildProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A component that is kept running: started again whenever its process ends, at once the first
 * time, then after pauses that double until it has stayed up for a while.
 */
final class Supervised {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** A process that lived this long does not count as one that keeps failing. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    private final Component component;
    private final Path pidFile;
    private final Progress progress;
    private final CompletableFuture<Duration> firstStart = new CompletableFuture<>();
    private final Thread keeper;
    private volatile boolean stopping;

    Supervised(Component component, Path pidFile, Progress progress) {
        this.component = component;
        this.pidFile = pidFile;
        this.progress = progress;
        this.keeper =
                Thread.ofPlatform().name("supervisor of " + component.name()).unstarted(this::keep);
    }

    /** Starts it in the background. */
    void start() {
        keeper.start();
    }

    /** Returns when it can be used for the first time, or throws what kept it from starting. */
    Duration awaitFirstStart() throws IOException, InterruptedException {
        try {
            return firstStart.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(component.name() + " does not start: " + e.getMessage(), e);
        }
    }

    /** Stops it for good; returns when it has ended. */
    void stop() {
        stopping = true;
        keeper.interrupt();
        boolean interrupted = false;
        while (keeper.isAlive()) {
            try {
                keeper.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!stopping) {
                long began = System.nanoTime();
                try {
                    int exit = runOnce(began);
                    progress.restarting(component.name(), "ended with " + describe(exit));
                } catch (IOException e) {
                    if (!firstStart.isDone()) {
                        firstStart.completeExceptionally(e);
                        return;
                    }
                    progress.restarting(component.name(), "does not start: " + e.getMessage());
                }
                boolean steady = System.nanoTime() - began > STEADY.toNanos();
                pause = steady ? FIRST_PAUSE : pause;
                Thread.sleep(pause);
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            }
        } catch (InterruptedException _) {
            // stop() was called: nothing runs any more
        } catch (RuntimeException e) {
            firstStart.completeExceptionally(e);
            progress.restarting(component.name(), "is given up: " + e);
        } finally {
            firstStart.completeExceptionally(
                    new IOException(component.name() + " was stopped while it started"));
        }
    }

    private int runOnce(long began) throws IOException, InterruptedException {
        Component.Running running = component.start(this::writePid);
        try {
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            if (firstStart.complete(took)) {
                progress.started(component.name(), took, component.address());
            } else {
                progress.restarted(component.name(), took);
            }
            return running.process().onExit().get();
        } catch (ExecutionException e) {
            throw new IOException("cannot watch " + component.name(), e);
        } finally {
            running.stop();
            Files.deleteIfExists(pidFile);
        }
    }

    private void writePid(ChildProcess process) {
        try {
            Files.writeString(pidFile, process.pid() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(int exit) {
        return exit > 128 ? "signal " + (exit - 128) : "exit code " + exit;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
