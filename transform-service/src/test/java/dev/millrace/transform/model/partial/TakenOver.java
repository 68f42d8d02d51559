package dev.millrace.transform.model.partial;

import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectListing;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Projects as a later command has them, which does not read them itself. */
public final class TakenOver {

    private TakenOver() {}

    /** A project kept and taken over; itself if it cannot be kept. */
    public static ManifestReader.Read from(ManifestReader.Read read, ProjectBasis basis) {
        try {
            Path directory = Files.createTempDirectory("taken-over");
            Path file = directory.resolve("kept");
            try {
                ProjectListing nothing = ProjectListing.of(directory);
                PartialParse.Present present =
                        new PartialParse.Present(
                                nothing, Instant.EPOCH, ProjectFiles.later(nothing), basis);
                PartialParse partial = new PartialParse(file, "this");
                partial.keep(present, new PartialParse.Taken(read, List.of()));
                boolean kept = Files.exists(file);
                if (kept == basis.reads().time()) {
                    throw new AssertionError("kept: " + kept);
                }
                return kept ? partial.take(present).orElseThrow().read() : read;
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
