package dev.millrace.contracts.project;

import dev.millrace.contracts.Sha256;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
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
 * snapshot, so that everything they do follows one revision even while the directory changes. Of
 * {@code profiles.yml} it holds only what Millrace reads, as snapshots are kept in databases and
 * that file often holds passwords.
 */
public final class ProjectFiles {

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
    private static final long MAX_FILE_BYTES = 32L << 20;
    private static final long MAX_TOTAL_BYTES = 128L << 20;
    private static final int REVISION_DIGITS = 12;

    private final SortedMap<String, byte[]> contents;
    private final String revision;

    private ProjectFiles(SortedMap<String, byte[]> contents) {
        contents.replaceAll(
                (path, bytes) ->
                        ProfileSecrets.mayStandIn(path) ? ProfileSecrets.remove(bytes) : bytes);
        this.contents = Collections.unmodifiableSortedMap(contents);
        this.revision = digest(contents);
    }

    /** A snapshot of given contents, by path relative to the project's directory. */
    public static ProjectFiles of(Map<String, byte[]> contents) {
        return new ProjectFiles(new TreeMap<>(contents));
    }

    /**
     * Reads a directory. Hidden files (also those that a ConfigMap mount keeps its versions in) and
     * what dbt and other tools write at the top are left out; symbolic links are followed.
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
        MessageDigest sha = Sha256.begin();
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
