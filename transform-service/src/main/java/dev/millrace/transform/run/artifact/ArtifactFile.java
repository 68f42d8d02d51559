package dev.millrace.transform.run.artifact;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that its readers see as it was or as it is, and never half of it. */
record ArtifactFile(Path path) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Writes the contents of a file. */
    @FunctionalInterface
    interface Contents {
        void write(OutputStream out) throws IOException;
    }

    /** Writes JSON. */
    @FunctionalInterface
    interface Document {
        void write(JsonGenerator json);
    }

    void text(String text) throws IOException {
        replace(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    void json(Document document) throws IOException {
        replace(
                out -> {
                    try (JsonGenerator json =
                            JSON.createGenerator(ObjectWriteContext.empty(), out)) {
                        document.write(json);
                    }
                });
    }

    private void replace(Contents contents) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("there is no directory to write " + path + " in");
        }
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, ".", ".tmp");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
                contents.write(out);
            }
            move(temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void move(Path temporary) throws IOException {
        try {
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
