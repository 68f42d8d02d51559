package dev.millrace.transform.command;

import java.io.IOException;

/** Reads the project, tells its mistakes and writes its manifest. */
@picocli.CommandLine.Command(
        name = "parse",
        mixinStandardHelpOptions = true,
        description = "Read the project, tell its mistakes, and write target/manifest.json.")
final class ParseCommand extends ProjectCommand {

    ParseCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException, IOException {
        OpenProject project = open(console);
        project.artifactWriter().manifest(project.contents());
        console.tell("Wrote " + project.artifacts().resolve("manifest.json"));
        return 0;
    }
}
