package dev.millrace.transform.command;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.select.PreviousState;
import dev.millrace.transform.run.node.NodeRunner;

import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes views of what another environment has built. */
@picocli.CommandLine.Command(
        name = "clone",
        mixinStandardHelpOptions = true,
        description = {
            "Make views, here, of what the environment of --state has built.",
            "What is here already stays, unless --full-refresh is given."
        })
final class CloneCommand extends ProjectCommand {

    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Mixin private BuildingOptions building = new BuildingOptions();

    CloneCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console)
            throws CommandFailedException, InvalidSelectionException, SQLException, IOException {
        OpenProject project = open(console);
        PreviousState state = selection.needed(project);
        List<Node> nodes =
                selection(project, selection.criteria(Command.BUILD, project), console)
                        .nodes()
                        .stream()
                        .filter(Node::isBuilt)
                        .toList();
        Instant began = surroundings().clock().instant();
        RunReport report = new RunReport(console, surroundings().clock(), nodes.size());
        NodeRunner runner =
                project.runner(
                        building.of(
                                project.workspace().invocation(),
                                nodes.stream().map(Step::id).collect(Collectors.toSet())));
        try (Connections connections = project.connections()) {
            for (Node node : nodes) {
                try (Session session = connections.open()) {
                    report.began(node);
                    report.ended(
                            node,
                            runner.clone(
                                    session,
                                    node,
                                    Deferral.relation(state, node.id()).orElse(null)));
                }
            }
        }
        Duration elapsed = Duration.between(began, surroundings().clock().instant());
        report.summary(elapsed);
        Map<String, Object> written = new LinkedHashMap<>(Map.of("which", word()));
        written.putAll(selection.written());
        written.putAll(building.written());
        new RunArtifacts(project).write(report, elapsed, written);
        return report.exitCode();
    }
}
