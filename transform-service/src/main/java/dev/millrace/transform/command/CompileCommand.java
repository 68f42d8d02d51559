package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Writes the SQL of nodes, and runs none of it but what templates ask for. */
@picocli.CommandLine.Command(
        name = "compile",
        mixinStandardHelpOptions = true,
        description = "Write the SQL of nodes to target/compiled, and build nothing.")
final class CompileCommand extends ProjectCommand {

    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Option(
            names = "--inline",
            paramLabel = "SQL",
            description = "compile this instead, and show it")
    private @Nullable String inline;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "how one node is shown: text or json")
    private String output = "text";

    CompileCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console)
            throws CommandFailedException, InvalidSelectionException, SQLException, IOException {
        OpenProject project = open(console);
        Queries queries = new Queries(project, selection.deferral(project));
        if (inline != null) {
            queries.inline(inline).show(console, output);
            return 0;
        }
        List<Step> steps =
                steps(selection(project, selection.criteria(Command.COMPILE, project), console));
        Queries.Compiled compiled = queries.compile(steps);
        new RunArtifacts(project).compiled(project.artifactWriter(), compiled.sql());
        compiled.failures().forEach(console::complain);
        for (Queries.Query query : compiled.named(selection.select())) {
            query.show(console, output);
        }
        console.tell(
                "Compiled "
                        + NodeTitle.counted(compiled.sql().size(), "node")
                        + " into "
                        + project.artifacts().resolve("compiled"));
        return compiled.failures().isEmpty() ? 0 : 1;
    }
}
