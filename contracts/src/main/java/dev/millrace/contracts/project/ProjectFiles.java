package dev.millrace.contracts.project;

import dev.millrace.contracts.Sha256;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The text files of a project as they were at one moment. Services read the project through such a
 * snapshot, so that everything they do follows one revision even while the directory changes. Of
 * {@code profiles.yml} it holds only what Millrace reads, as snapshots are kept in databases and
 * that file often holds passwords.
 */
public final class ProjectFiles {

    private static final int REVISION_DIGITS = 12;

    /** Where what was not read yet comes from; null if everything was. */
    private final @Nullable ProjectListing unread;

    private final Set<String> paths;
    private final Map<String, byte[]> read;
    private volatile @Nullable String revision;

    private ProjectFiles(SortedMap<String, byte[]> contents) {
        contents.replaceAll(ProjectFiles::withoutSecrets);
        this.unread = null;
        this.read = Collections.unmodifiableSortedMap(contents);
        this.paths = read.keySet();
        this.revision = digest(contents);
    }

    private ProjectFiles(ProjectListing listing) {
        this.unread = listing;
        this.read = new ConcurrentHashMap<>();
        this.paths = listing.stamps().keySet();
    }

    /** A snapshot of given contents, by path relative to the project's directory. */
    public static ProjectFiles of(Map<String, byte[]> contents) {
        return new ProjectFiles(new TreeMap<>(contents));
    }

    /**
     * Reads the files of a directory that {@link ProjectListing} lists.
     *
     * @throws IOException if a file cannot be read, or the project is over 128 MiB, or one file
     *     over 32 MiB
     */
    public static ProjectFiles read(Path directory) throws IOException {
        ProjectListing listing = ProjectListing.of(directory);
        SortedMap<String, byte[]> contents = new TreeMap<>();
        long total = 0;
        for (String path : listing.stamps().keySet()) {
            byte[] content = listing.read(path);
            total = ProjectListing.counted(total, content.length, path);
            contents.put(path, content);
        }
        return new ProjectFiles(contents);
    }

    /**
     * The files of a listing, each of which is read when it is first asked for, and is then what it
     * was: for commands, which are over soon. All methods that read throw {@link
     * UncheckedIOException} if a file cannot be read.
     */
    public static ProjectFiles later(ProjectListing listing) {
        return new ProjectFiles(listing);
    }

    /**
     * Begins to read what was not read yet, so that it is as it is now although it is asked for
     * late. What cannot be read is told when it is asked for.
     *
     * @return the thread that reads
     */
    public Thread readAhead() {
        return Thread.ofVirtual().name("read-ahead").start(() -> paths.forEach(this::tryToRead));
    }

    private void tryToRead(String path) {
        try {
            bytes(path);
        } catch (UncheckedIOException e) {
            // Who asks for it is told.
        }
    }

    /** Twelve hexadecimal digits that name these contents; the same contents have the same name. */
    public String revision() {
        String known = revision;
        if (known == null) {
            known = digest(contents());
            revision = known;
        }
        return known;
    }

    /** Paths and contents, in the order of paths. The arrays are not to be changed. */
    public SortedMap<String, byte[]> contents() {
        if (read instanceof SortedMap<String, byte[]> all) {
            return all;
        }
        SortedMap<String, byte[]> contents = new TreeMap<>();
        paths.forEach(path -> contents.put(path, bytes(path)));
        return Collections.unmodifiableSortedMap(contents);
    }

    public boolean contains(String path) {
        return paths.contains(path);
    }

    /** The text of a file of this snapshot. */
    public String text(String path) {
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    /** The content of a file of this snapshot. The array is not to be changed. */
    public byte[] bytes(String path) {
        byte[] known = read.get(path);
        if (known != null) {
            return known;
        }
        if (unread == null || !contains(path)) {
            throw new IllegalArgumentException("the project has no file " + path);
        }
        try {
            byte[] content = withoutSecrets(path, unread.read(path));
            byte[] earlier = read.putIfAbsent(path, content);
            return earlier == null ? content : earlier;
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read any more: " + e, e);
        }
    }

    /** Paths below a directory that end in one of the extensions, in order. */
    public List<String> below(String directory, String... extensions) {
        String prefix =
                directory.isEmpty() || directory.endsWith("/") ? directory : directory + "/";
        return paths.stream()
                .filter(path -> path.startsWith(prefix))
                .filter(path -> Stream.of(extensions).anyMatch(e -> path.endsWith("." + e)))
                .toList();
    }

    private static byte[] withoutSecrets(String path, byte[] content) {
        return ProfileSecrets.mayStandIn(path) ? ProfileSecrets.remove(content) : content;
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
}
