package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.PrivateFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What a stack keeps between two runs, and where. */
record DataDirectory(Path root) {

    private static final long LOG_LIMIT = 10L * 1024 * 1024;
    private static final int OLD_LOGS = 3;

    static DataDirectory prepare(Path root) throws IOException {
        DataDirectory data = new DataDirectory(root);
        // Others may pass on the way to what PostgreSQL's account owns, but see nothing.
        PrivateFiles.directory(root, "rwx--x--x");
        for (Path inner : List.of(data.kafka(), data.logs(), data.run(), data.secrets())) {
            PrivateFiles.directory(inner, "rwx------");
        }
        return data;
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path kafka() {
        return root.resolve("kafka");
    }

    Path secrets() {
        return root.resolve("secrets");
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path run() {
        return root.resolve("run");
    }

    Path pidFile(String component) {
        return run().resolve(component + ".pid");
    }

    /** The log of a component, after the one of earlier runs was put aside if it is large. */
    Path rotatedLog(String component) throws IOException {
        Path log = logs().resolve(component + ".log");
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
            for (int old = OLD_LOGS - 1; old >= 1; old--) {
                Path from = logs().resolve(component + ".log." + old);
                if (Files.exists(from)) {
                    Files.move(
                            from,
                            logs().resolve(component + ".log." + (old + 1)),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.move(
                    log, logs().resolve(component + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        return log;
    }
}
