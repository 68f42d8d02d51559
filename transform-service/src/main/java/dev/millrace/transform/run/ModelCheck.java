package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.operations.revision.ProjectCheck;
import dev.millrace.transform.model.ModelGraph;
import dev.millrace.transform.model.ReadableEnvironment;

/** Keeps a revision whose models have mistakes from coming into force. */
class ModelCheck implements ProjectCheck {

    private final ReadableEnvironment environment;

    ModelCheck(ReadableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void check(Project project, Problems problems) {
        ModelGraph.read(project, environment, problems);
    }
}
