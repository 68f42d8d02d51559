package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.parse.ManifestReader;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The models of one revision of the project.
 *
 * @param read what was read; nothing if it is no dbt project
 * @param problems mistakes; none in a revision that came into force
 * @param warnings what does no harm, but is probably not what was meant
 */
record ProjectModels(
        Project project,
        Optional<ManifestReader.Read> read,
        List<Problem> problems,
        List<Problem> warnings) {

    Optional<Manifest> graph() {
        return read.map(ManifestReader.Read::manifest);
    }

    /** Ids of the live models; nothing as long as what there is of models is in doubt. */
    Optional<Set<String>> live() {
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        // A project without models has no live ones either.
        return Optional.of(
                graph().stream()
                        .flatMap(graph -> graph.nodes().values().stream())
                        .filter(node -> node.settings().enabled() && Due.isLive(node))
                        .map(Node::id)
                        .collect(Collectors.toSet()));
    }

    /** The models, as long as they can be run. */
    Optional<Manifest> sound() {
        return problems.isEmpty() ? graph() : Optional.empty();
    }

    /**
     * The models, to run them.
     *
     * @throws RunRefusedException if there are none, or they have mistakes
     */
    ManifestReader.Read required() throws RunRefusedException {
        if (read.isEmpty()) {
            throw new RunRefusedException(
                    RunRefusedException.Reason.INVALID,
                    "The project has no models: there is no dbt_project.yml.");
        }
        if (!problems.isEmpty()) {
            throw new RunRefusedException(
                    RunRefusedException.Reason.INVALID,
                    "With these variables the models have mistakes: " + problems);
        }
        return read.get();
    }
}
