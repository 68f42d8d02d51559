package dev.millrace.transform.command;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;
import dev.millrace.transform.run.ServiceTarget;

import java.time.Clock;

/** Finds what is wrong with the models of a project, without a warehouse. */
public final class ModelMistakes {

    private static final String DATABASE = "warehouse";

    private ModelMistakes() {}

    /** Mistakes and doubts; none if the project has no models. */
    public static Problems of(Project project, Environment environment, Clock clock) {
        Problems problems = new Problems();
        new ManifestReader(
                        project.files(),
                        new ProjectBasis(
                                new ServiceTarget(environment, DATABASE, 1)
                                        .of(project.files(), problems),
                                Invocation.of("validate", clock.instant(), "parse"),
                                ReadableEnvironment.ofUser(environment),
                                clock,
                                new Silent()),
                        new StreamTables(project.sources()),
                        problems)
                .read();
        return problems;
    }

    /** What templates say is not for who asks for mistakes. */
    private static final class Silent implements TemplateLog {

        @Override
        public void say(String file, String message, boolean shown) {}

        @Override
        public void warn(String file, String message) {}
    }
}
