package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.select.Selection;

import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A command that carries out nodes in the order of the graph. */
abstract class RunningCommand extends ProjectCommand {

    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Mixin private BuildingOptions building = new BuildingOptions();

    private final Command command;

    RunningCommand(Surroundings surroundings, Command command) {
        super(surroundings);
        this.command = command;
    }

    @Override
    int run(Console console)
            throws CommandFailedException,
                    InvalidSelectionException,
                    IOException,
                    InterruptedException {
        OpenProject project = open(console);
        Selection selected = selection(project, selection.criteria(command, project), console);
        List<Step> steps = steps(selected);
        if (selected.ids().isEmpty()) {
            console.complain("Nothing to do: no node is selected.");
            return 0;
        }
        return new NodeRun(
                        project,
                        console,
                        new NodeRun.Asked(
                                command,
                                steps,
                                selected.others().stream().map(OtherResource::id).toList(),
                                building,
                                Map.of(),
                                selection.deferral(project),
                                written()))
                .execute();
    }

    SelectionOptions selection() {
        return selection;
    }

    BuildingOptions building() {
        return building;
    }

    private Map<String, Object> written() throws CommandFailedException {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("which", word());
        written.put("vars", OpenProject.vars(options().vars()));
        written.putAll(selection.written());
        written.putAll(building.written());
        return written;
    }
}
