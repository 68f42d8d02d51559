package dev.millrace.helm;

import java.nio.file.Path;

/** The files of this repository. */
final class Repository {

    /** Surefire runs in the module's directory. */
    static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("").normalize();

    private Repository() {}

    static Path file(String name) {
        return ROOT.resolve(name);
    }
}
