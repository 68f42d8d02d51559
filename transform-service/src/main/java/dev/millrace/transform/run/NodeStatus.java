package dev.millrace.transform.run;

import java.util.Locale;

/** How far a node has come in a run, in dbt's words where dbt has one. */
enum NodeStatus {
    PENDING,
    RUNNING,
    SUCCESS,
    ERROR,
    SKIPPED,
    CANCELLED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static NodeStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
