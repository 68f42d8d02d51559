package dev.millrace.standalone.command;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.command.ModelMistakes;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;

/** Tells every mistake in a project, each with its place and what to write instead; and doubts. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Tell every mistake in a project, as file:line:column: message.")
public final class ValidateCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "the project (default: this directory)")
    private Path directory = Path.of(".");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            Project project = ProjectCheck.read(directory, System.getenv());
            Problems models = ModelMistakes.of(project, Environment.process(), Clock.systemUTC());
            project.warnings().forEach(warning -> out.println("warning: " + warning));
            models.warnings().forEach(warning -> out.println("warning: " + warning));
            if (!models.isEmpty()) {
                models.list().forEach(out::println);
                return 1;
            }
            out.println(
                    "The project is good: %d sources, %d files, revision %s."
                            .formatted(
                                    project.sources().size(),
                                    project.files().contents().size(),
                                    project.revision()));
            return 0;
        } catch (InvalidProjectException e) {
            for (Problem problem : e.problems()) {
                out.println(problem);
            }
            return 1;
        }
    }
}
