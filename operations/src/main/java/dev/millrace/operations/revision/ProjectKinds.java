package dev.millrace.operations.revision;

import dev.millrace.contracts.project.ProjectLoader.Kind;

import java.util.Set;

/**
 * The kinds of file that a service uses and so checks; each service has one as a bean.
 *
 * @param kinds those kinds
 */
public record ProjectKinds(Set<Kind> kinds) {

    public ProjectKinds {
        kinds = Set.copyOf(kinds);
    }

    public static ProjectKinds of(Kind... kinds) {
        return new ProjectKinds(Set.of(kinds));
    }
}
