package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the models of projects, for the service's own warehouse. */
final class ModelReading {

    private static final Logger log = LoggerFactory.getLogger(ModelReading.class);

    private final ServiceTarget target;
    private final ReadableEnvironment environment;
    private final Clock clock;

    ModelReading(ServiceTarget target, ReadableEnvironment environment, Clock clock) {
        this.target = target;
        this.environment = environment;
        this.clock = clock;
    }

    /** Reads them, which parses and renders every model: to be done once for each revision. */
    ProjectModels read(Project project) {
        return read(project, Map.of());
    }

    /** The same with variables that a run is given. */
    ProjectModels read(Project project, Map<String, Object> vars) {
        Problems problems = new Problems();
        Optional<ManifestReader.Read> read = read(project, vars, problems);
        return new ProjectModels(project, read, problems.list(), problems.warnings());
    }

    Optional<ManifestReader.Read> read(
            Project project, Map<String, Object> vars, Problems problems) {
        Invocation invocation =
                new Invocation(
                        project.revision(),
                        clock.instant(),
                        "build",
                        vars,
                        false,
                        false,
                        false,
                        Set.of(),
                        null,
                        null);
        return new ManifestReader(
                        project.files(),
                        new ProjectBasis(
                                target.of(project.files(), problems),
                                invocation,
                                environment,
                                clock,
                                new ServiceLog()),
                        new StreamTables(project.sources()),
                        problems)
                .read();
    }

    /** What templates say goes to the service's log. */
    private static final class ServiceLog implements TemplateLog {

        @Override
        public void say(String file, String message, boolean shown) {
            if (shown) {
                log.info("{}: {}", file, message);
            } else {
                log.debug("{}: {}", file, message);
            }
        }

        @Override
        public void warn(String file, String message) {
            log.warn("{}: {}", file, message);
        }
    }
}
