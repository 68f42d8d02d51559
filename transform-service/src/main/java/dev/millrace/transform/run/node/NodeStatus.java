package dev.millrace.transform.run.node;

import java.util.Locale;

/** How far a node has come in a run, in dbt's words where dbt has one. */
public enum NodeStatus {
    PENDING,
    RUNNING,
    SUCCESS,
    /** Some batches of a model were built, and some failed. */
    PARTIAL_SUCCESS,
    ERROR,
    SKIPPED,
    CANCELLED,
    /** A test found nothing. */
    PASS,
    /** A test found something that is to be looked at, and stops nothing. */
    WARN,
    /** A test found something that must not be. */
    FAIL;

    public String text() {
        return this == PARTIAL_SUCCESS ? "partial success" : name().toLowerCase(Locale.ROOT);
    }

    public static NodeStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace(' ', '_'));
    }

    /** Whether what reads the node may be built. */
    public boolean isGood() {
        return this == SUCCESS || this == PASS || this == WARN;
    }

    /** Whether the node itself, and not another, is to blame. */
    public boolean isFailure() {
        return this == ERROR || this == FAIL || this == PARTIAL_SUCCESS;
    }
}
