package dev.millrace.helm.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a service's AOT cache: {@code AotTraining SERVICE DIRECTORY}. DIRECTORY holds the
 * extracted service as {@code app.jar} and gets {@code app.aot}, which only the same JVM with the
 * same DIRECTORY can use. The service gets a PostgreSQL and a Kafka of its own: without them it
 * would stop before it has loaded half of what it needs.
 */
public final class AotTraining {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofMinutes(4);

    private AotTraining() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: AotTraining SERVICE DIRECTORY");
        }
        Path cache = train(arguments[0], Path.of(arguments[1]));
        System.out.printf("%s: %d MB%n", cache, Files.size(cache) >> 20);
        // The servers' threads and the driver's need not be waited for.
        System.exit(0);
    }

    /** Trains the cache of the service of this name, and returns it. */
    public static Path train(String name, Path directory) throws IOException, InterruptedException {
        TrainedService service = TrainedService.named(name);
        Path cache = directory.resolve("app.aot").toAbsolutePath();
        try (TrainingGround ground = TrainingGround.open();
                ServiceProcess process =
                        ServiceProcess.start(command(directory, cache), ground, service)) {
            process.awaitReady(START);
            process.exercise();
            process.stop(STOP);
        }
        if (!Files.isRegularFile(cache)) {
            throw new IOException("the JVM wrote no " + cache + "; see its output above");
        }
        return cache;
    }

    static List<String> command(Path directory, Path cache) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A heap of 32 GB or more has wide pointers, and no JVM with a smaller heap could use the
        // cache: the image's share of the memory would lead there on a large build machine.
        command.add("-Xmx512m");
        command.add("-XX:AOTCacheOutput=" + cache);
        // Which classes cannot be cached, some hundred lines, is nothing that could be acted on.
        command.add("-Xlog:aot=error");
        command.add("-jar");
        command.add(directory.resolve("app.jar").toAbsolutePath().toString());
        return command;
    }
}
