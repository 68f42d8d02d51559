package dev.millrace.operations.revision;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;

import java.util.List;

/** Makes a project of files: loads the kinds that the service uses, then runs its own checks. */
final class ProjectReader {

    private final ProjectLoader loader;
    private final List<ProjectCheck> checks;

    ProjectReader(ProjectLoader loader, List<ProjectCheck> checks) {
        this.loader = loader;
        this.checks = List.copyOf(checks);
    }

    Project read(ProjectFiles files) throws InvalidProjectException {
        Project project = loader.load(files);
        Problems problems = new Problems();
        checks.forEach(check -> check.check(project, problems));
        if (!problems.isEmpty()) {
            throw new InvalidProjectException(problems.list());
        }
        return project;
    }
}
