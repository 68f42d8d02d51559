package dev.millrace.helm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs and waits for them. */
final class Shell {

    private static final int PATIENCE_SECONDS = 120;

    /** How a program ended, with its output and errors in one. */
    record Outcome(int status, String output) {}

    private Shell() {}

    /** Runs a program that has to succeed. */
    static String run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Outcome outcome = attempt(environment, command);
        if (outcome.status() != 0) {
            throw new IOException(
                    String.join(" ", command)
                            + " ended with "
                            + outcome.status()
                            + ":\n"
                            + outcome.output());
        }
        return outcome.output();
    }

    static Outcome attempt(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " does not end");
        }
        return new Outcome(process.exitValue(), output);
    }

    /** Whether a program can be run at all. */
    static boolean succeeds(String... command) throws InterruptedException {
        try {
            return attempt(Map.of(), command).status() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
