package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.operations.revision.ProjectCheck;

import java.util.Map;

/** Keeps a revision whose models have mistakes from coming into force. */
class ModelCheck implements ProjectCheck {

    private final ModelReading reading;

    ModelCheck(ModelReading reading) {
        this.reading = reading;
    }

    @Override
    public void check(Project project, Problems problems) {
        reading.read(project, Map.of(), problems);
    }
}
