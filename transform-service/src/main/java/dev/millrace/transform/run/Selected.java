package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.Criteria;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.select.Selection;
import dev.millrace.transform.model.select.Selectors;

import java.util.ArrayList;
import java.util.List;

/** What a request selects of a project. */
final class Selected {

    private Selected() {}

    /**
     * Models, seeds, snapshots and tests, in the order of their building.
     *
     * @throws InvalidSelectionException if the selection is none
     * @throws RunRefusedException if it finds nothing
     */
    static List<Step> of(Project project, ManifestReader.Read read, RunRequest request)
            throws InvalidSelectionException, RunRefusedException {
        Criteria criteria =
                Criteria.of(Command.BUILD).among(Selectors.read(project.files(), new Problems()));
        if (!request.select().isBlank()) {
            criteria = criteria.select(request.select());
        }
        if (!request.exclude().isBlank()) {
            criteria = criteria.exclude(request.exclude());
        }
        Selection selection = Selection.of(read.manifest(), criteria);
        List<Step> steps = new ArrayList<>(selection.nodes());
        steps.addAll(selection.unitTests());
        boolean asked = !request.select().isBlank() || !request.exclude().isBlank();
        if (asked && !selection.warnings().isEmpty()) {
            throw new RunRefusedException(
                    RunRefusedException.Reason.INVALID, selection.warnings().getFirst());
        }
        return steps;
    }
}
