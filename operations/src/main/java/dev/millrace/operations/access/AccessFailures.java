package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Says what to do when a service refuses to start because its doors could not be locked. */
final class AccessFailures implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnusableAccessSettingsException unusable) {
                return new FailureAnalysis(
                        String.valueOf(unusable.getMessage()), unusable.action(), unusable);
            }
        }
        return null;
    }
}
