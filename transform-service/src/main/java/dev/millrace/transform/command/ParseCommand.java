package dev.millrace.transform.command;

import java.io.IOException;
import java.util.Locale;

/** Reads the project, tells its mistakes and writes its manifest. */
@picocli.CommandLine.Command(
        name = "parse",
        mixinStandardHelpOptions = true,
        description = "Read the project, tell its mistakes, and write target/manifest.json.")
final class ParseCommand extends ProjectCommand {

    private static final double NANOS = 1e9;

    ParseCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException, IOException {
        OpenProject project = open(console);
        String seconds = String.format(Locale.ROOT, "%.3f s", project.readIn().toNanos() / NANOS);
        console.tell(
                project.isTakenOver()
                        ? "Nothing has changed since it was last read; taken over in " + seconds
                        : "Read in " + seconds);
        project.artifactWriter().manifest(project.contents());
        console.tell("Wrote " + project.artifacts().resolve("manifest.json"));
        return 0;
    }
}
