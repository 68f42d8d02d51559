package dev.millrace.transform.run;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.transform.schema.Dependents;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Tells what models, tests and cubes of the project in force use a table or column. */
final class ModelDependents implements Dependents {

    private static final Logger log = LoggerFactory.getLogger(ModelDependents.class);

    private final Supplier<ProjectModels> models;
    private final Environment environment;
    private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

    ModelDependents(Supplier<ProjectModels> models, Environment environment) {
        this.models = models;
        this.environment = environment;
    }

    /** What was found out about a revision. */
    private record Known(String revision, ProjectDependents dependents) {}

    /** Found out when somebody first asks, as it compiles all models. */
    private ProjectDependents current() {
        ProjectModels current = models.get();
        Known last = known.get();
        if (last == null || !last.revision().equals(current.project().revision())) {
            last =
                    new Known(
                            current.project().revision(),
                            new ProjectDependents(
                                    current,
                                    WrittenTests.of(current.project().files()),
                                    cubes(current.project())));
            known.set(last);
        }
        return last.dependents();
    }

    private List<CubeUse> cubes(Project project) {
        // Cubes with mistakes are serving's matter.
        try {
            return new ProjectLoader(environment, Set.of(ProjectLoader.Kind.CUBES))
                    .load(project.files()).cubes().cubes().stream().map(CubeUse::new).toList();
        } catch (InvalidProjectException e) {
            log.debug("The cubes have mistakes, so that it is not known what they use", e);
            return List.of();
        }
    }

    @Override
    public SchemaChanged.Dependents of(Relation relation, @Nullable String column) {
        try {
            return current().of(relation, column);
        } catch (RuntimeException e) {
            // Records land all the same.
            log.warn("It cannot be told what uses {}", relation, e);
            return SchemaChanged.Dependents.NONE;
        }
    }
}
