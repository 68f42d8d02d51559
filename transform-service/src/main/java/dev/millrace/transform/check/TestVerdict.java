package dev.millrace.transform.check;

import org.jspecify.annotations.Nullable;

/**
 * What a test comes to.
 *
 * @param failures rows that count against it; 0 if it passed
 * @param message why it did not pass; null if it did
 */
public record TestVerdict(Result result, long failures, @Nullable String message) {

    /** The ways in which a test ends. */
    public enum Result {
        PASS,
        WARN,
        FAIL
    }

    /**
     * dbt's rule: an error stops, a warning is told, and of severity {@code warn} errors are
     * warnings.
     *
     * @param shouldWarn whether the count meets {@code warn_if}
     * @param shouldFail whether the count meets {@code error_if}
     */
    public static TestVerdict of(
            String severity,
            long failures,
            boolean shouldWarn,
            boolean shouldFail,
            String warnIf,
            String errorIf) {
        String results = "Got " + failures + (failures == 1 ? " result" : " results");
        if (severity.equalsIgnoreCase("error") && shouldFail) {
            return new TestVerdict(
                    Result.FAIL, failures, results + ", configured to fail if " + errorIf);
        }
        if (shouldWarn) {
            return new TestVerdict(
                    Result.WARN, failures, results + ", configured to warn if " + warnIf);
        }
        return new TestVerdict(Result.PASS, 0, null);
    }
}
