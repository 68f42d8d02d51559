package dev.millrace.serving.query;

import dev.millrace.contracts.project.Project;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.SemanticModel;
import dev.millrace.serving.semantic.Viewer;

import org.springframework.stereotype.Component;

import java.util.List;
import java.util.function.Supplier;

/** The model of the project revision in force. */
@Component
class ServedModel {

    private final Supplier<Revision> current;

    /** One revision, compiled. */
    record Revision(String name, QueryCompiler compiler, Annotations annotations) {

        static Revision of(Project project, RollupSettings rollups) {
            SemanticModel model = new SemanticModel(project.cubes());
            return new Revision(
                    project.revision(),
                    rollups.enabled()
                            ? new QueryCompiler(model, rollups.timeZones())
                            : new QueryCompiler(model),
                    new Annotations(model));
        }

        /**
         * The SQL of queries, which shows a caller no more than the caller may see.
         *
         * @throws dev.millrace.serving.semantic.QueryException if they cannot be answered
         */
        List<CompiledQuery> compile(QuerySet set, Viewer viewer) {
            return set.queries().stream()
                    .map(query -> compiler.compile(query.query(), viewer))
                    .toList();
        }
    }

    ServedModel(ProjectRevisions revisions, RollupSettings rollups) {
        this.current = revisions.derived(project -> Revision.of(project, rollups));
    }

    /** Asked once for each request, so that it follows one revision. */
    Revision current() {
        return current.get();
    }
}
