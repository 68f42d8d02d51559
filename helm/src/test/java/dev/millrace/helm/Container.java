package dev.millrace.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A container without an engine: a process in a mount namespace of its own, in a root that is
 * read-only but for /tmp, as an unprivileged user without capabilities. It shares the network, so
 * that it finds the test's servers.
 */
final class Container implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Container(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Whether this machine lets us: as root, and where namespaces are permitted. */
    static boolean isPossible() throws InterruptedException {
        return Shell.succeeds(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t tmpfs t /mnt");
    }

    /**
     * Runs the command of an image.
     *
     * @param mounts what is mounted read-only besides the image, by its place in the container
     */
    static Container start(
            Image image,
            int user,
            int group,
            Map<String, String> environment,
            Map<String, Path> mounts,
            Path directory)
            throws IOException {
        Path script = directory.resolve("contain.sh");
        try (var in = Container.class.getResourceAsStream("contain.sh")) {
            if (in == null) {
                throw new IOException("contain.sh is missing");
            }
            Files.write(script, in.readAllBytes());
        }
        List<String> command = new ArrayList<>();
        command.addAll(List.of("unshare", "--mount", "--propagation", "private"));
        command.addAll(List.of("bash", script.toString()));
        command.add(Files.createDirectories(directory.resolve("root")).toString());
        command.addAll(List.of(Integer.toString(user), Integer.toString(group)));
        Map<String, Path> all = new TreeMap<>(mounts);
        all.put("/app", image.app());
        all.put("/opt/java/openjdk", Path.of(System.getProperty("java.home")));
        all.forEach((place, source) -> command.add(source + ":" + place));
        command.add("--");
        command.addAll(image.entrypoint());

        Path log = directory.resolve("container.log");
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.put("PATH", "/opt/java/openjdk/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        variables.putAll(image.environment());
        variables.putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new Container(builder.start(), log);
    }

    /** A line of /proc/…/status. */
    String status(String field) throws IOException {
        return Files.readAllLines(proc("status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    /** Mount options by mount point, the last mount of each. */
    Map<String, String> mountOptions() throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (String line : Files.readAllLines(proc("mountinfo"))) {
            String[] fields = line.split(" ", -1);
            options.put(fields[4], fields[5]);
        }
        return options;
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    boolean isRunning() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as Kubernetes does, and waits; the status is that of the process. */
    int stop(int patienceSeconds) throws InterruptedException, IOException {
        process.destroy();
        if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
            throw new IOException("it did not end in " + patienceSeconds + " s:\n" + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
