package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.process.Signal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the broker and the services have in common: a JVM that becomes ready after a while. */
record JavaProgram(ChildProcess process, Path log, Duration drain) implements Component.Running {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration START = Duration.ofMinutes(3);
    private static final int LAST_LINES = 25;

    /** The JVM that runs this program also runs the others. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Waits for the program to answer, and stops it when it does not. */
    JavaProgram awaitReady(Probe probe) throws IOException, InterruptedException {
        boolean ready = false;
        try {
            long deadline = System.nanoTime() + START.toNanos();
            while (!probe.answers()) {
                if (!process.isAlive()) {
                    throw new IOException(
                            "%s ended while it started.\n%s".formatted(process.name(), tail()));
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            "%s is not ready after %d s.\n%s"
                                    .formatted(process.name(), START.toSeconds(), tail()));
                }
                Thread.sleep(PAUSE);
            }
            ready = true;
        } finally {
            if (!ready) {
                stop();
            }
        }
        return this;
    }

    @Override
    public void stop() {
        process.stop(Signal.TERM, drain);
    }

    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return "The last lines of "
                + log
                + ":\n  "
                + String.join(
                        "\n  ",
                        lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** Tells whether a program can be used yet. */
    @FunctionalInterface
    interface Probe {
        boolean answers() throws InterruptedException;
    }
}
