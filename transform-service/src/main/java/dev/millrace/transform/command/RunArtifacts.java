package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.run.artifact.Artifacts;
import dev.millrace.transform.run.artifact.CompiledNode;
import dev.millrace.transform.run.artifact.ManifestContents;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes what a run leaves in the directory of artifacts. */
final class RunArtifacts {

    private final OpenProject project;

    RunArtifacts(OpenProject project) {
        this.project = project;
    }

    /** Writes the SQL of nodes, {@code manifest.json} and {@code run_results.json}. */
    void write(RunReport report, Duration elapsed, Map<String, Object> arguments)
            throws IOException, CommandFailedException {
        Artifacts artifacts = project.artifactWriter();
        Map<String, String> sql = new HashMap<>();
        report.done()
                .forEach(
                        each -> {
                            if (each.sql() != null && each.step() instanceof Node) {
                                sql.put(each.step().id(), each.sql());
                            }
                        });
        // First what is known of this run alone; the rest asks for files of the project.
        artifacts.runResults(report.results(), elapsed, arguments);
        compiled(artifacts, sql);
    }

    /** Writes the SQL of nodes by id, and the manifest with it. */
    void compiled(Artifacts artifacts, Map<String, String> sql)
            throws IOException, CommandFailedException {
        Path root = project.options().project().toAbsolutePath().normalize();
        Map<String, CompiledNode> compiled = new HashMap<>();
        for (Map.Entry<String, String> each : sql.entrySet()) {
            Node node = project.manifest().nodes().get(each.getKey());
            if (node == null
                    || node.type() == ResourceType.SEED
                    || node.type() == ResourceType.OPERATION) {
                continue;
            }
            Path path = artifacts.compiled(node, each.getValue()).toAbsolutePath().normalize();
            String shown =
                    path.startsWith(root) ? root.relativize(path).toString() : path.toString();
            compiled.put(node.id(), new CompiledNode(each.getValue(), shown, List.of()));
        }
        artifacts.manifest(
                new ManifestContents(
                        project.options().project(),
                        project.manifest(),
                        project.workspace(),
                        project.documentation(),
                        compiled,
                        Map.of()));
    }
}
