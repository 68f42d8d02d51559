package dev.millrace.transform.command;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.table.ResultTable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Runs the queries of nodes and shows some of their rows. */
@picocli.CommandLine.Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Run the query of a node, or one of your own, and show rows of it.")
final class ShowCommand extends ProjectCommand {

    private static final int MAX_ROWS = 100_000;

    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Option(names = "--inline", paramLabel = "SQL", description = "run this instead")
    private @Nullable String inline;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "5",
            description = "rows to show; -1 for all, of which the first 100,000 are shown")
    private int limit = 5;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, json or csv")
    private String output = "text";

    ShowCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console)
            throws CommandFailedException, InvalidSelectionException, SQLException, IOException {
        OpenProject project = open(console);
        RowFormat format = RowFormat.named(output);
        Queries queries = new Queries(project, selection.deferral(project));
        if (inline != null) {
            show(project, List.of(queries.inline(inline)), format, console);
            return 0;
        }
        if (selection.select().isEmpty()) {
            throw new CommandFailedException("name a node with --select, or a query with --inline");
        }
        Queries.Compiled compiled =
                queries.compile(
                        steps(
                                selection(
                                        project,
                                        selection.criteria(Command.COMPILE, project),
                                        console)));
        show(project, compiled.named(selection.select()), format, console);
        compiled.failures().forEach(console::complain);
        return compiled.failures().isEmpty() ? 0 : 1;
    }

    private void show(
            OpenProject project, List<Queries.Query> queries, RowFormat format, Console console)
            throws SQLException {
        int rows = limit < 0 ? MAX_ROWS : Math.min(limit, MAX_ROWS);
        try (Connections connections = project.connections();
                Session session = connections.open()) {
            for (Queries.Query query : queries) {
                ResultTable table =
                        session.run(
                                        "select * from (\n"
                                                + query.sql()
                                                + "\n) as shown limit "
                                                + rows,
                                        rows,
                                        ResultTable::read)
                                .read();
                console.tell("Previewing node '" + query.name() + "':");
                console.give(format.write(query.name(), table == null ? ResultTable.EMPTY : table));
            }
        }
    }
}
