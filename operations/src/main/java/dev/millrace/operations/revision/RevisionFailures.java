package dev.millrace.operations.revision;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Says what to do when a service refuses to start for its project. */
final class RevisionFailures implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoGoodRevisionException refused) {
                return new FailureAnalysis(
                        String.valueOf(refused.getMessage()),
                        "Correct the files; 'millrace validate' tells the same mistakes without"
                            + " starting a service. A service that once had a good revision starts"
                            + " with that one.",
                        refused);
            }
            if (cause instanceof MissingProjectDirectoryException missing) {
                return new FailureAnalysis(
                        String.valueOf(missing.getMessage()),
                        "Set MILLRACE_PROJECT_DIR (or millrace.project.dir) to the directory that"
                                + " holds dbt_project.yml and sources/.",
                        missing);
            }
        }
        return null;
    }
}
