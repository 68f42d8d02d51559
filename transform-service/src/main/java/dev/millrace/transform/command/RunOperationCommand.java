package dev.millrace.transform.command;

import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.run.node.MacroCall;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeRunner;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.sql.SQLException;

/** Calls a macro by itself. */
@picocli.CommandLine.Command(
        name = "run-operation",
        mixinStandardHelpOptions = true,
        description = "Call a macro by itself.")
final class RunOperationCommand extends ProjectCommand {

    @Parameters(paramLabel = "MACRO", description = "its name, or package.name")
    private String macro = "";

    @Option(
            names = "--args",
            paramLabel = "YAML",
            defaultValue = "{}",
            description = "its arguments, as a mapping in YAML or JSON")
    private String arguments = "{}";

    RunOperationCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException, SQLException, IOException {
        OpenProject project = open(console);
        MacroCall call;
        try {
            call = MacroCall.of(macro, arguments);
        } catch (BuildFailedException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        NodeRunner runner = project.runner(project.workspace().invocation());
        try (Connections connections = project.connections();
                Session session = connections.open()) {
            NodeOutcome outcome = runner.call(session, call);
            if (!outcome.status().isGood()) {
                console.complain("ERROR " + macro + ": " + outcome.message());
                return 1;
            }
            if (outcome.message() != null && !outcome.message().isBlank()) {
                console.give(outcome.message());
            }
            console.tell("OK " + macro);
            return 0;
        }
    }
}
