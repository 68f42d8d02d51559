package dev.millrace.standalone.command;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Project;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
            project.warnings().forEach(warning -> out.println("warning: " + warning));
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
