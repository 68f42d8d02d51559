package dev.millrace.transform.command;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The jars that this program runs from. */
final class ProgramFiles {

    private ProgramFiles() {}

    /**
     * A name for the build that some classes are of, which another build does not have; empty if
     * they are in no jar, as in a development environment, where each class may change by itself.
     */
    static Optional<String> name(Class<?>... classes) {
        List<String> names = new ArrayList<>();
        for (Class<?> each : classes) {
            CodeSource source = each.getProtectionDomain().getCodeSource();
            try {
                Path jar = source == null ? Path.of("") : Path.of(source.getLocation().toURI());
                if (!Files.isRegularFile(jar)) {
                    return Optional.empty();
                }
                names.add(
                        jar.getFileName()
                                + " "
                                + Files.size(jar)
                                + " "
                                + Files.getLastModifiedTime(jar).toInstant());
            } catch (IOException | URISyntaxException | IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.of(String.join(", ", names));
    }
}
