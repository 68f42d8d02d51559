package dev.millrace.transform.command;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectListing;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;
import dev.millrace.transform.model.partial.PartialParse;

import java.nio.file.Files;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Reads the files of a project, or takes over what an earlier command read of them. */
record ProjectParsing(ProjectOptions options, Surroundings surroundings, ProjectBasis basis) {

    /** Beside the artifacts, as dbt's {@code partial_parse.msgpack}. */
    private static final String KEPT = "partial_parse.millrace";

    /** dbt's flag, among those of dbt_project.yml. */
    private static final String FLAG = "partial_parse";

    /**
     * A project without mistakes.
     *
     * @param takenOver whether an earlier command had read it
     */
    record Parsed(ManifestReader.Read read, List<Problem> warnings, boolean takenOver) {}

    /**
     * Takes over what was read if nothing has changed since, and keeps what is read otherwise.
     *
     * @param listedAt when the files were listed
     */
    Parsed partially(ProjectFiles files, ProjectListing listing, Instant listedAt)
            throws CommandFailedException {
        if (!options.partialParse() || surroundings.program().isEmpty()) {
            return anew(files);
        }
        PartialParse partial =
                new PartialParse(options.artifacts().resolve(KEPT), surroundings.program().get());
        PartialParse.Present present = new PartialParse.Present(listing, listedAt, files, basis);
        Optional<PartialParse.Taken> taken = partial.take(present);
        if (taken.isPresent()) {
            return new Parsed(taken.get().read(), taken.get().warnings(), true);
        }
        Parsed parsed = anew(files);
        boolean wanted = !Boolean.FALSE.equals(parsed.read().workspace().root().flags().get(FLAG));
        if (wanted) {
            partial.keep(present, new PartialParse.Taken(parsed.read(), parsed.warnings()));
        }
        return parsed;
    }

    /**
     * Reads all of it.
     *
     * @throws CommandFailedException with all mistakes of the project
     */
    Parsed anew(ProjectFiles files) throws CommandFailedException {
        Problems problems = new Problems();
        Optional<ManifestReader.Read> read =
                new ManifestReader(files, basis, streams(files), problems).read();
        if (!problems.isEmpty() || read.isEmpty()) {
            List<Problem> mistakes = problems.list();
            throw new CommandFailedException(
                    Mistakes.text(mistakes)
                            + "\n\nThe project has "
                            + NodeTitle.counted(mistakes.size(), "mistake")
                            + "; nothing was done.");
        }
        return new Parsed(read.get(), problems.warnings(), false);
    }

    /** Streams that Millrace lands need no declaration, where the project has any. */
    private StreamTables streams(ProjectFiles files) throws CommandFailedException {
        if (!Files.isDirectory(options.project().resolve("sources"))) {
            return StreamTables.NONE;
        }
        Environment environment = basis.reads().noting(surroundings.environment());
        try {
            return new StreamTables(
                    new ProjectLoader(
                                    // A door's key is nothing to models; two doors must not
                                    // have the same.
                                    name ->
                                            environment
                                                    .value(name)
                                                    .or(() -> Optional.of("unset-" + name)),
                                    EnumSet.of(ProjectLoader.Kind.SOURCES))
                            .load(files)
                            .sources());
        } catch (InvalidProjectException e) {
            throw new CommandFailedException(Mistakes.text(e.problems()), e);
        }
    }
}
