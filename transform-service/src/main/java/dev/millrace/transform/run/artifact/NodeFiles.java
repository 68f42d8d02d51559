package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Node;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the SQL of nodes is written: a file for each, named after the file that it stands in. */
final class NodeFiles {

    private final Path target;

    NodeFiles(Path target) {
        this.target = target.toAbsolutePath().normalize();
    }

    /**
     * The file of a node.
     *
     * @param kind {@code compiled} or {@code run}
     * @throws IOException if the names in the project lead out of the directory
     */
    Path path(String kind, Node node) throws IOException {
        Path directory = target.resolve(kind);
        try {
            Path path = directory.resolve(node.packageName()).resolve(within(node)).normalize();
            if (path.startsWith(directory) && !path.equals(directory)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new IOException(refusal(node), e);
        }
        throw new IOException(refusal(node));
    }

    private static String refusal(Node node) {
        return node.position()
                + ": the name '"
                + node.name()
                + "' makes no file for its SQL; give it one of letters, digits and underscores";
    }

    /** A file may hold several nodes, which then stand below it. */
    private static String within(Node node) {
        return last(node.path()).equals(last(node.file()))
                ? node.file()
                : node.file() + "/" + node.path();
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
