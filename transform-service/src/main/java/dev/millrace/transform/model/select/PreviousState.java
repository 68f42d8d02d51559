package dev.millrace.transform.model.select;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What an earlier run left behind: its manifest, its results, and how old its sources were. */
final class PreviousState {

    private final @Nullable PreviousManifest manifest;
    private final @Nullable Map<String, String> results;
    private final @Nullable Map<String, Age> sources;
    private final @Nullable Map<String, Age> currentSources;

    /**
     * How old a source was.
     *
     * @param newest time of its newest row; null if it could not be found out
     */
    record Age(@Nullable Instant newest) {}

    /**
     * Where a node was built.
     *
     * @param database null where it was left out
     * @param name the whole name as SQL has it
     */
    public record BuiltRelation(
            @Nullable String database, String schema, String alias, String name) {}

    private interface Artifacts {
        @Nullable InputStream open(String name) throws IOException;
    }

    private PreviousState(Artifacts state, Artifacts current)
            throws IOException, InvalidSelectionException {
        this.manifest = read(state, "manifest.json", ArtifactReader::manifest);
        this.results = read(state, "run_results.json", ArtifactReader::results);
        this.sources = read(state, "sources.json", ArtifactReader::sources);
        this.currentSources = read(current, "sources.json", ArtifactReader::sources);
    }

    private interface Reading<T> {
        T of(InputStream in) throws InvalidSelectionException;
    }

    private static <T> @Nullable T read(Artifacts files, String name, Reading<T> reading)
            throws IOException, InvalidSelectionException {
        try (InputStream in = files.open(name)) {
            return in == null ? null : reading.of(in);
        }
    }

    /**
     * Reads what is there of {@code manifest.json}, {@code run_results.json} and {@code
     * sources.json}.
     *
     * @param directory what is compared with
     * @param current where the latest {@code sources.json} is
     * @throws InvalidSelectionException if a file is none of dbt's, or of a version that is not
     *     known
     */
    public static PreviousState read(Path directory, Path current)
            throws IOException, InvalidSelectionException {
        return new PreviousState(in(directory), in(current));
    }

    /** The same of contents by name of the file. */
    public static PreviousState of(Map<String, byte[]> files, Map<String, byte[]> current)
            throws InvalidSelectionException {
        try {
            return new PreviousState(in(files), in(current));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Artifacts in(Path directory) {
        return name -> {
            Path file = directory.resolve(name);
            return Files.isRegularFile(file) ? Files.newInputStream(file) : null;
        };
    }

    private static Artifacts in(Map<String, byte[]> files) {
        return name -> {
            byte[] bytes = files.get(name);
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        };
    }

    /** Where a model, seed or snapshot was built; nothing if it was not, or is ephemeral. */
    public Optional<BuiltRelation> relation(String id) {
        return manifest == null
                ? Optional.empty()
                : Optional.ofNullable(manifest.resources().get(id))
                        .flatMap(PreviousResource::relation);
    }

    @Nullable PreviousManifest manifest() {
        return manifest;
    }

    /** Statuses by id. */
    @Nullable Map<String, String> results() {
        return results;
    }

    @Nullable Map<String, Age> sources() {
        return sources;
    }

    /** The same of the latest look at the sources. */
    @Nullable Map<String, Age> currentSources() {
        return currentSources;
    }
}
