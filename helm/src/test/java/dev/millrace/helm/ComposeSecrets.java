package dev.millrace.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What compose/generate-env writes. */
final class ComposeSecrets {

    private ComposeSecrets() {}

    /** Runs the script for this file and reads the file. */
    static Map<String, String> generate(Path file) throws IOException, InterruptedException {
        Shell.run(
                Map.of(),
                "bash",
                Repository.file("compose/generate-env").toString(),
                file.toString());
        return read(file);
    }

    static Map<String, String> read(Path file) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (!line.startsWith("#") && equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return values;
    }
}
