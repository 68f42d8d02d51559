package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The artifacts of a project, under its {@code target} directory. Each is replaced as a whole, so
 * that whoever reads one while it is written gets the one before.
 */
public final class Artifacts {

    private final Path target;
    private final NodeFiles files;
    private final ArtifactHeader header;
    private final Clock clock;

    /**
     * @param target directory to write in; it is made if it is not there
     */
    public Artifacts(Path target, ArtifactHeader header, Clock clock) {
        this.target = target;
        this.files = new NodeFiles(target);
        this.header = header;
        this.clock = clock;
    }

    /** Writes {@code manifest.json}. */
    public void manifest(ManifestContents contents) throws IOException {
        file("manifest.json").json(new ManifestFile(contents, header, clock.instant())::write);
    }

    /**
     * Writes {@code run_results.json}.
     *
     * @param arguments what the run was asked for; secrets among them are not for a file
     */
    public void runResults(List<RunResult> results, Duration elapsed, Map<String, Object> arguments)
            throws IOException {
        ResultFiles writer = new ResultFiles(header, clock.instant());
        file("run_results.json").json(json -> writer.runResults(json, results, elapsed, arguments));
    }

    /** Writes {@code sources.json}: how old source tables are. */
    public void sources(List<FreshnessResult> results, Duration elapsed) throws IOException {
        ResultFiles writer = new ResultFiles(header, clock.instant());
        file("sources.json").json(json -> writer.sources(json, results, elapsed));
    }

    /** Writes {@code catalog.json}: what the warehouse knows of the relations of a project. */
    public void catalog(Manifest manifest, Target of, Connection connection)
            throws IOException, SQLException {
        CatalogFile catalog = new CatalogFile(header, clock.instant(), of.database());
        catalog.read(manifest, connection);
        file("catalog.json").json(catalog::write);
    }

    /** Writes the query of a node; where it is now. */
    public Path compiled(Node node, String sql) throws IOException {
        return write("compiled", node, sql);
    }

    /** Writes the statements that a node was built with; where they are now. */
    public Path run(Node node, String sql) throws IOException {
        return write("run", node, sql);
    }

    private Path write(String kind, Node node, String sql) throws IOException {
        Path path = files.path(kind, node);
        new ArtifactFile(path).text(sql);
        return path;
    }

    private ArtifactFile file(String name) {
        return new ArtifactFile(target.resolve(name));
    }
}
