package dev.millrace.standalone.command;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;

/** Reads a project as the services will, all kinds of file at once. */
public final class ProjectCheck {

    private ProjectCheck() {}

    /**
     * Reads the project in a directory.
     *
     * @throws IOException when there is none
     * @throws InvalidProjectException with all its mistakes
     */
    public static Project read(Path directory, Map<String, String> environment)
            throws IOException, InvalidProjectException {
        if (!Files.exists(directory.resolve("dbt_project.yml"))
                && !Files.isDirectory(directory.resolve("sources"))) {
            throw new IOException(
                    directory.toAbsolutePath().normalize()
                            + " is no Millrace project: it has neither dbt_project.yml nor"
                            + " sources/. Name one with --project, for example examples/shop.");
        }
        return new ProjectLoader(
                        Environment.of(environment), EnumSet.allOf(ProjectLoader.Kind.class))
                .load(ProjectFiles.read(directory));
    }
}
