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
 * @param flags how its nodes are carried out
 */
record RunRequest(
        String cause,
        String select,
        String exclude,
        Map<String, Object> vars,
        @Nullable String idempotencyKey,
        Flags flags) {

    static final String REQUESTED = "request";

    RunRequest {
        // The values are JSON's, and may be null.
        vars = Collections.unmodifiableMap(new LinkedHashMap<>(vars));
    }

    /** A request without flags. */
    RunRequest(
            String cause,
            String select,
            String exclude,
            Map<String, Object> vars,
            @Nullable String idempotencyKey) {
        this(cause, select, exclude, vars, idempotencyKey, Flags.NONE);
    }

    /**
     * How nodes are carried out, as dbt's flags of the same names say it.
     *
     * @param fullRefresh whether incremental models are built from nothing
     * @param storeFailures whether tests keep the rows that fail though they do not ask for it
     */
    record Flags(boolean fullRefresh, boolean storeFailures) {

        static final Flags NONE = new Flags(false, false);
    }
}
