package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.model.ModelGraph;
import dev.millrace.transform.model.ReadableEnvironment;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models of one revision of the project.
 *
 * @param graph what they read; nothing if it is no dbt project
 * @param problems mistakes; none in a revision that came into force
 */
record ProjectModels(Project project, Optional<ModelGraph> graph, List<Problem> problems) {

    /** Reads them, which parses and renders every model: to be done once for each revision. */
    static ProjectModels of(Project project, ReadableEnvironment environment) {
        return of(project, environment, Map.of());
    }

    /** The same with variables that a run is given. */
    static ProjectModels of(
            Project project, ReadableEnvironment environment, Map<String, Object> vars) {
        Problems problems = new Problems();
        Optional<ModelGraph> graph = ModelGraph.read(project, environment, vars, problems);
        return new ProjectModels(project, graph, problems.list());
    }

    /** The models, as long as they can be run. */
    Optional<ModelGraph> sound() {
        return problems.isEmpty() ? graph : Optional.empty();
    }

    /**
     * The models, to run them.
     *
     * @throws RunRefusedException if there are none, or they have mistakes
     */
    ModelGraph required() throws RunRefusedException {
        if (graph.isEmpty()) {
            throw new RunRefusedException(
                    RunRefusedException.Reason.INVALID,
                    "The project has no models: there is no dbt_project.yml.");
        }
        if (!problems.isEmpty()) {
            throw new RunRefusedException(
                    RunRefusedException.Reason.INVALID,
                    "With these variables the models have mistakes: " + problems);
        }
        return graph.get();
    }
}
