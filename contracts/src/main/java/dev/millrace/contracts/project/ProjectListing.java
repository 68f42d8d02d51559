package dev.millrace.contracts.project;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The text files that a project's directory had at one moment, and how each looked from outside.
 * Nothing of them is read yet. Hidden files (also those that a ConfigMap mount keeps its versions
 * in) and what dbt and other tools write at the top are left out; symbolic links are followed.
 */
public final class ProjectListing {

    private static final Set<String> EXTENSIONS =
            Set.of("yml", "yaml", "sql", "csv", "md", "json", "py");

    /** Written by tools at the top; further down they are names like others: models/logs. */
    private static final Set<String> SKIPPED_AT_THE_TOP =
            Set.of("target", "dbt_modules", "logs", "venv");

    /** Where dbt installs packages; each of them is a project with a top of its own. */
    private static final String PACKAGES = "dbt_packages";

    /** What a package has at its top for its own development. */
    private static final Set<String> SKIPPED_IN_PACKAGES =
            Set.of(PACKAGES, "integration_tests", "target", "dbt_modules", "logs", "venv", "docs");

    /** Thousands of files, wherever it is. */
    private static final String INSTALLED_BY_NODE = "node_modules";

    private static final int MAX_DEPTH = 24;
    private static final int MAX_FILE_BYTES = 32 << 20;
    private static final long MAX_TOTAL_BYTES = 128L << 20;

    private final Path directory;
    private final SortedMap<String, Stamp> stamps;

    /**
     * A file from outside.
     *
     * @param size in bytes
     * @param modified when it was last written, as exactly as the file system tells
     * @param identity tells the file from another of the same name and time, such as one that was
     *     unpacked; 0 where the file system has nothing of the kind
     */
    public record Stamp(long size, Instant modified, int identity) {

        private static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant(),
                    Objects.hashCode(attributes.fileKey()));
        }
    }

    private ProjectListing(Path directory, SortedMap<String, Stamp> stamps) {
        this.directory = directory;
        this.stamps = Collections.unmodifiableSortedMap(stamps);
    }

    /**
     * Lists a directory.
     *
     * @throws IOException if that cannot be done, or the project is over 128 MiB, or one file over
     *     32 MiB
     */
    public static ProjectListing of(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("there is no project directory at " + directory);
        }
        SortedMap<String, Stamp> stamps = new TreeMap<>();
        Files.walkFileTree(
                directory,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                MAX_DEPTH,
                new Visitor(directory, stamps));
        return new ProjectListing(directory, stamps);
    }

    /** Stamps by path relative to the directory, with forward slashes, in the order of paths. */
    public SortedMap<String, Stamp> stamps() {
        return stamps;
    }

    /** The same without some files, by path. */
    public ProjectListing without(Predicate<String> leftOut) {
        SortedMap<String, Stamp> others = new TreeMap<>(stamps);
        others.keySet().removeIf(leftOut);
        return new ProjectListing(directory, others);
    }

    /** The content of one of the files as it is now. */
    byte[] read(String path) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(path))) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw tooLarge(path);
            }
            return content;
        }
    }

    /**
     * @throws IOException if files are larger together than a project may be
     */
    static long counted(long soFar, long size, String path) throws IOException {
        long total = soFar + size;
        if (total > MAX_TOTAL_BYTES) {
            throw new IOException("the project is over 128 MiB at " + path);
        }
        return total;
    }

    private static IOException tooLarge(String path) {
        return new IOException(
                path + " is over 32 MiB; load data of that size through a source, not a seed");
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {

        private final Path root;
        private final SortedMap<String, Stamp> stamps;
        private long total;

        Visitor(Path root, SortedMap<String, Stamp> stamps) {
            this.root = root;
            this.stamps = stamps;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.getFileName() == null ? "" : directory.getFileName().toString();
            boolean skipped =
                    !directory.equals(root)
                            && (name.startsWith(".")
                                    || name.equals(INSTALLED_BY_NODE)
                                    || isLeftOut(root.relativize(directory), name));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        private static boolean isLeftOut(Path inProject, String name) {
            boolean inPackage =
                    inProject.getNameCount() == 3
                            && inProject.getName(0).toString().equals(PACKAGES);
            return (inProject.getNameCount() == 1 && SKIPPED_AT_THE_TOP.contains(name))
                    || (inPackage && SKIPPED_IN_PACKAGES.contains(name));
        }

        /** A package that is a link to a directory around the project holds the project again. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            boolean inPackages = root.relativize(file).getName(0).toString().equals(PACKAGES);
            if (inPackages && e instanceof FileSystemLoopException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            String name = file.getFileName().toString();
            String extension = name.substring(name.lastIndexOf('.') + 1);
            if (!attributes.isRegularFile()
                    || name.startsWith(".")
                    || !EXTENSIONS.contains(extension)) {
                return FileVisitResult.CONTINUE;
            }
            String path = root.relativize(file).toString().replace('\\', '/');
            if (attributes.size() > MAX_FILE_BYTES) {
                throw tooLarge(path);
            }
            total = counted(total, attributes.size(), path);
            stamps.put(path, Stamp.of(attributes));
            return FileVisitResult.CONTINUE;
        }
    }
}
