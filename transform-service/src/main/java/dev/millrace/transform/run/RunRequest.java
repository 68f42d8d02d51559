package dev.millrace.transform.run;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is to be run.
 *
 * @param cause {@code request}, {@code revision} or {@code freshness}
 * @param select dbt's selection syntax; empty for everything
 * @param exclude what to leave out of it
 * @param vars variables for {@code var()}
 * @param idempotencyKey the same key again finds the run that it began
 */
record RunRequest(
        String cause,
        String select,
        String exclude,
        Map<String, Object> vars,
        @Nullable String idempotencyKey) {

    static final String REQUESTED = "request";

    RunRequest {
        // The values are JSON's, and may be null.
        vars = Collections.unmodifiableMap(new LinkedHashMap<>(vars));
    }
}
