package dev.millrace.standalone.stack;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/** What a running stack leaves in its data directory for the other commands to find it. */
final class RunningStack {

    private static final String FILE = "stack.properties";

    private RunningStack() {}

    static void announce(DataDirectory data, Ports ports) throws IOException {
        Properties p = new Properties();
        p.setProperty("pid", Long.toString(ProcessHandle.current().pid()));
        p.setProperty("ingestion", Integer.toString(ports.ingestion()));
        p.setProperty("transform", Integer.toString(ports.transform()));
        p.setProperty("serving", Integer.toString(ports.serving()));
        p.setProperty("postgres", Integer.toString(ports.postgres()));
        p.setProperty("kafka", Integer.toString(ports.kafka()));
        Path unfinished = data.run().resolve(FILE + ".unfinished");
        try (Writer writer = Files.newBufferedWriter(unfinished)) {
            p.store(writer, null);
        }
        Files.move(unfinished, data.run().resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    static void withdraw(DataDirectory data) throws IOException {
        Files.deleteIfExists(data.run().resolve(FILE));
    }

    static boolean isRunning(Path root) throws IOException {
        return isAlive(properties(root));
    }

    static Ports ports(Path root) throws IOException {
        Properties p = properties(root);
        if (!isAlive(p)) {
            throw new IOException(
                    "no stack is running on " + root + ". Start one: ./millrace up --data " + root);
        }
        return new Ports(
                (int) number(p, "ingestion"),
                (int) number(p, "transform"),
                (int) number(p, "serving"),
                (int) number(p, "postgres"),
                (int) number(p, "kafka"));
    }

    private static Properties properties(Path root) throws IOException {
        Path file = new DataDirectory(root).run().resolve(FILE);
        Properties p = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                p.load(reader);
            }
        }
        return p;
    }

    private static boolean isAlive(Properties p) {
        return ProcessHandle.of(number(p, "pid")).map(ProcessHandle::isAlive).orElse(false);
    }

    private static long number(Properties properties, String name) {
        return Long.parseLong(properties.getProperty(name, "0"));
    }
}
