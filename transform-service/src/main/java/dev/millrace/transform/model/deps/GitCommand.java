package dev.millrace.transform.model.deps;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs {@code git}, which asks nobody anything and does not run for ever. */
final class GitCommand {

    private static final File NULL = new File("/dev/null");
    private static final int MAX_OUTPUT = 1 << 16;
    private static final String PROTOCOLS = "https:ssh:file";

    /** Settings that keep a repository from running anything here. */
    private static final List<String> SAFE =
            List.of(
                    "-c", "core.hooksPath=/dev/null",
                    "-c", "core.fsmonitor=false",
                    "-c", "protocol.ext.allow=never",
                    "-c", "submodule.recurse=false",
                    "-c", "advice.detachedHead=false",
                    "-c", "gc.auto=0");

    private final Duration timeout;

    /**
     * @param timeout how long one command may take
     */
    GitCommand(Duration timeout) {
        this.timeout = timeout;
    }

    /** How a command ended, with the end of what it said. */
    record Outcome(boolean succeeded, String output) {}

    /**
     * Runs a command in a directory.
     *
     * @throws IOException if there is no git, or it takes too long
     */
    Outcome run(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(SAFE);
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(NULL));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(GitCommand::pointsElsewhere);
        environment.put("GIT_TERMINAL_PROMPT", "0");
        environment.put("GIT_ASKPASS", "true");
        environment.put("GCM_INTERACTIVE", "never");
        environment.put("GIT_ALLOW_PROTOCOL", PROTOCOLS);
        environment.put("GIT_LFS_SKIP_SMUDGE", "1");
        environment.put("LC_ALL", "C");
        environment.putIfAbsent("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        Process process = start(builder);
        CompletableFuture<String> output =
                CompletableFuture.supplyAsync(
                        () -> end(process.getInputStream()), Thread::startVirtualThread);
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "git took longer than " + timeout.toSeconds() + " seconds; try again");
            }
            return new Outcome(process.exitValue() == 0, GitAddress.shown(output.join().strip()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("git was stopped", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** What names another repository than that of the directory, as within a hook. */
    private static boolean pointsElsewhere(String variable) {
        return List.of("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")
                .contains(variable);
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "git cannot be started (" + e.getMessage() + "); install it to get packages",
                    e);
        }
    }

    private static String end(InputStream in) {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8_192];
        try (in) {
            int read = in.read(buffer);
            while (read >= 0) {
                text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                if (text.length() > MAX_OUTPUT) {
                    text.delete(0, text.length() - MAX_OUTPUT);
                }
                read = in.read(buffer);
            }
        } catch (IOException e) {
            // The command was stopped, and its pipe with it.
        }
        return text.toString();
    }
}
