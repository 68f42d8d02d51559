package dev.millrace.transform.model.deps;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Works on the files of a package as a whole. */
final class PackageTree {

    private static final int MAX_FILES = 50_000;
    private static final long MAX_BYTES = 512L << 20;
    private static final int MAX_DEPTH = 64;

    private PackageTree() {}

    /** Removes a directory with all that is in it; links are removed and not followed. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                            throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /**
     * Looks whether a package that came from elsewhere stays within its bounds.
     *
     * @throws IOException if it is too large, or has a link that leads out of it
     */
    static void check(Path directory) throws IOException {
        Path root = directory.toRealPath();
        Files.walkFileTree(root, new Bounds(root));
    }

    /**
     * Copies a package.
     *
     * @param without a directory in it that is left out, as the copy itself is
     */
    static void copy(Path from, Path to, Path without) throws IOException {
        Path left = without.toRealPath();
        Path root = from.toRealPath();
        Files.walkFileTree(
                root,
                new Bounds(root) {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path visited, BasicFileAttributes attributes) throws IOException {
                        if (visited.equals(left)
                                || String.valueOf(visited.getFileName()).equals(".git")) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        Files.createDirectories(to.resolve(root.relativize(visited).toString()));
                        return super.preVisitDirectory(visited, attributes);
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        super.visitFile(file, attributes);
                        Files.copy(
                                file,
                                to.resolve(root.relativize(file).toString()),
                                LinkOption.NOFOLLOW_LINKS);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static class Bounds extends SimpleFileVisitor<Path> {

        private final Path root;
        private int files;
        private long bytes;

        Bounds(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes)
                throws IOException {
            if (visited.getNameCount() - root.getNameCount() > MAX_DEPTH) {
                throw new IOException(
                        "its directories are nested more than " + MAX_DEPTH + " deep");
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            files++;
            bytes += attributes.size();
            if (files > MAX_FILES || bytes > MAX_BYTES) {
                throw new IOException(
                        "it has more than "
                                + MAX_FILES
                                + " files or "
                                + (MAX_BYTES >> 20)
                                + " MiB");
            }
            if (attributes.isSymbolicLink() && !leadsInside(file)) {
                throw new IOException(
                        "its link " + root.relativize(file) + " leads out of it or to nothing");
            }
            return FileVisitResult.CONTINUE;
        }

        private boolean leadsInside(Path link) {
            try {
                return link.toRealPath().startsWith(root);
            } catch (IOException e) {
                return false;
            }
        }
    }
}
