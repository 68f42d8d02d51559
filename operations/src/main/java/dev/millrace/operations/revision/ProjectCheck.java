package dev.millrace.operations.revision;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;

/**
 * What a service checks in a project beyond what the loader does. A revision in which a check finds
 * problems never comes into force. A check is a bean, and must not need {@link ProjectRevisions}.
 */
@FunctionalInterface
public interface ProjectCheck {

    /** Adds a problem for each mistake in the project. */
    void check(Project project, Problems problems);
}
