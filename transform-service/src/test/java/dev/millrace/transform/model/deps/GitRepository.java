package dev.millrace.transform.model.deps;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A git repository of a test's own. */
final class GitRepository {

    private final Path directory;

    GitRepository(Path directory) throws IOException {
        assumeTrue(isThere(), "there is no git on this machine");
        this.directory = Files.createDirectories(directory);
        git("init", "--quiet", "--initial-branch=main");
    }

    private static boolean isThere() {
        try {
            return new ProcessBuilder("git", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Writes a file and commits it; the commit. */
    String commit(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return commit();
    }

    String commit() throws IOException {
        git("add", "--all");
        git("commit", "--quiet", "--allow-empty", "--message", "Change");
        return git("rev-parse", "HEAD");
    }

    void tag(String name) throws IOException {
        git("tag", name);
    }

    String git(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("GIT_CONFIG_GLOBAL", "/dev/null", "LC_ALL", "C"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return output.strip();
    }

    String url() {
        return "file://" + directory;
    }
}
