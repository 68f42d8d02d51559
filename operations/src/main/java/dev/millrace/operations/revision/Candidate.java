package dev.millrace.operations.revision;

import dev.millrace.contracts.project.Problem;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/**
 * What is in the directory but cannot come into force.
 *
 * @param revision the revision of these contents; none if the directory cannot be read
 * @param problems why not; never empty
 * @param seenAt when this was first seen
 */
record Candidate(@Nullable String revision, List<Problem> problems, Instant seenAt) {

    Candidate {
        problems = List.copyOf(problems);
    }

    boolean isSameAs(@Nullable Candidate other) {
        return other != null && problems.equals(other.problems) && hasRevision(other.revision);
    }

    boolean hasRevision(@Nullable String other) {
        return revision == null ? other == null : revision.equals(other);
    }
}
