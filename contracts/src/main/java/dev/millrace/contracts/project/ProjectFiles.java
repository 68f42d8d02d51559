package dev.millrace.contracts.project;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The text files of a project as they were at one moment. Services read the project through such a
 * snapshot, so that everything they do follows one revision even while the directory changes.
 */
public final class ProjectFiles {

    private static final Set<String> EXTENSIONS =
            Set.of("yml", "yaml", "sql", "csv", "md", "json", "py");
    private static final Set<String> SKIPPED_DIRECTORIES =
            Set.of("target", "dbt_packages", "dbt_modules", "logs", "node_modules", "venv");
    private static final int MAX_DEPTH = 24;
    private static final long MAX_FILE_BYTES = 32L << 20;
    private static final long MAX_TOTAL_BYTES = 128L << 20;
    private static final int REVISION_DIGITS = 12;

    private final SortedMap<String, byte[]> contents;
    private final String revision;

    private ProjectFiles(SortedMap<String, byte[]> contents) {
        this.contents = Collections.unmodifiableSortedMap(contents);
        this.revision = digest(contents);
    }

    /** A snapshot of given contents, by path relative to the project's directory. */
    public static ProjectFiles of(Map<String, byte[]> contents) {
        return new ProjectFiles(new TreeMap<>(contents));
    }

    /**
     * Reads a directory. Hidden files (also those that a ConfigMap mount keeps its versions in) and
     * what dbt writes are left out; symbolic links are followed.
     *
     * @throws IOException if a file cannot be read, or the project is over 128 MiB, or one file
     *     over 32 MiB
     */
    public static ProjectFiles read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("there is no project directory at " + directory);
        }
        SortedMap<String, byte[]> contents = new TreeMap<>();
        Files.walkFileTree(
                directory,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                MAX_DEPTH,
                new Collector(directory, contents));
        return new ProjectFiles(contents);
    }

    /** Twelve hexadecimal digits that name these contents; the same contents have the same name. */
    public String revision() {
        return revision;
    }

    /** Paths and contents, in the order of paths. The arrays are not to be changed. */
    public SortedMap<String, byte[]> contents() {
        return contents;
    }

    public boolean contains(String path) {
        return contents.containsKey(path);
    }

    /** The text of a file of this snapshot. */
    public String text(String path) {
        byte[] bytes = contents.get(path);
        if (bytes == null) {
            throw new IllegalArgumentException("the project has no file " + path);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Paths below a directory that end in one of the extensions, in order. */
    public List<String> below(String directory, String... extensions) {
        String prefix =
                directory.isEmpty() || directory.endsWith("/") ? directory : directory + "/";
        return contents.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .filter(path -> Stream.of(extensions).anyMatch(e -> path.endsWith("." + e)))
                .toList();
    }

    private static String digest(SortedMap<String, byte[]> contents) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            contents.forEach(
                    (path, bytes) -> {
                        sha.update(path.getBytes(StandardCharsets.UTF_8));
                        sha.update((byte) 0);
                        // The length keeps one file's end from being taken for another's beginning.
                        sha.update(Integer.toString(bytes.length).getBytes(StandardCharsets.UTF_8));
                        sha.update((byte) 0);
                        sha.update(bytes);
                    });
            return HexFormat.of().formatHex(sha.digest()).substring(0, REVISION_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static final class Collector extends SimpleFileVisitor<Path> {

        private final Path root;
        private final SortedMap<String, byte[]> contents;
        private long total;

        Collector(Path root, SortedMap<String, byte[]> contents) {
            this.root = root;
            this.contents = contents;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.getFileName() == null ? "" : directory.getFileName().toString();
            boolean skipped =
                    !directory.equals(root)
                            && (name.startsWith(".") || SKIPPED_DIRECTORIES.contains(name));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
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
                throw new IOException(
                        path
                                + " is over 32 MiB; load data of that size through a source, not a"
                                + " seed");
            }
            byte[] bytes = Files.readAllBytes(file);
            total += bytes.length;
            if (total > MAX_TOTAL_BYTES) {
                throw new IOException("the project is over 128 MiB at " + path);
            }
            contents.put(path, bytes);
            return FileVisitResult.CONTINUE;
        }
    }
}
