package dev.millrace.transform.run.artifact;

import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Documentation;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.parse.Descriptions;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;

/**
 * What {@code manifest.json} tells of.
 *
 * @param project directory of the project
 * @param compiled what became of the code of nodes in this run, by id
 * @param built where the statements of nodes in this run were written, by id, relative to the
 *     project
 */
public record ManifestContents(
        Path project,
        Manifest manifest,
        Workspace workspace,
        Documentation documentation,
        Map<String, CompiledNode> compiled,
        Map<String, String> built) {

    private static final double MILLIS = 1e3;

    public ManifestContents {
        compiled = Map.copyOf(compiled);
        built = Map.copyOf(built);
    }

    /** A project that was read and of which nothing was run. */
    public static ManifestContents parsed(
            Path project, Manifest manifest, Workspace workspace, Documentation documentation) {
        return new ManifestContents(
                project, manifest, workspace, documentation, Map.of(), Map.of());
    }

    String described(String description, Node node) {
        return described(description, node.packageName());
    }

    /** A description with the doc blocks that it names; as it is written if there are none. */
    String described(String description, String packageName) {
        try {
            return new Descriptions(workspace, documentation).render(description, packageName);
        } catch (JinjaException e) {
            return description;
        }
    }

    @Nullable String builtPath(Node node) {
        return built.get(node.id());
    }

    double createdAt() {
        return workspace.invocation().startedAt().toEpochMilli() / MILLIS;
    }

    /** The directory of a package. */
    String root(DbtPackage of) {
        return project.toAbsolutePath().normalize().resolve(of.directory()).toString();
    }

    /** A file's path without the directory of the package that its kind is looked for in. */
    String within(String packageName, String file) {
        DbtPackage own = workspace.packages().get(packageName);
        if (own != null) {
            for (String directory : own.paths().models()) {
                if (file.startsWith(directory + "/")) {
                    return file.substring(directory.length() + 1);
                }
            }
        }
        return file;
    }
}
