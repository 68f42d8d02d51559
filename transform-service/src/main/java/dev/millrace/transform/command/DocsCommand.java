package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.run.artifact.Artifacts;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What is known of a project and its relations, for sites and catalogues. */
@picocli.CommandLine.Command(
        name = "docs",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Write what is known of the project, for sites and catalogues.")
final class DocsCommand extends CommandGroup {

    /** Writes the manifest and the catalogue. */
    @picocli.CommandLine.Command(
            name = "generate",
            mixinStandardHelpOptions = true,
            description = {
                "Write target/manifest.json and target/catalog.json, as dbt's site and other",
                "catalogues read them."
            })
    static final class Generate extends ProjectCommand {

        @Mixin private SelectionOptions selection = new SelectionOptions();

        @Option(names = "--no-compile", description = "leave the SQL of nodes out of the manifest")
        private boolean withoutSql;

        @Option(names = "--empty-catalog", description = "ask the warehouse nothing")
        private boolean withoutCatalog;

        Generate(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int run(Console console)
                throws CommandFailedException,
                        InvalidSelectionException,
                        SQLException,
                        IOException {
            OpenProject project = open(console);
            Artifacts artifacts = project.artifactWriter();
            int failures = 0;
            if (withoutSql) {
                artifacts.manifest(project.contents());
            } else {
                List<Step> steps =
                        steps(
                                selection(
                                        project,
                                        selection.criteria(Command.COMPILE, project),
                                        console));
                Queries.Compiled compiled =
                        new Queries(project, selection.deferral(project)).compile(steps);
                compiled.failures().forEach(console::complain);
                failures = compiled.failures().size();
                new RunArtifacts(project).compiled(artifacts, compiled.sql());
            }
            if (!withoutCatalog) {
                try (Connections connections = project.connections();
                        Connection connection = connections.connection()) {
                    artifacts.catalog(
                            project.manifest(), project.destination().target(), connection);
                }
                console.tell("Wrote " + project.artifacts().resolve("catalog.json"));
            }
            return failures == 0 ? 0 : 1;
        }
    }
}
