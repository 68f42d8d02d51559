package dev.millrace.transform.run.node;

import org.jspecify.annotations.Nullable;

/**
 * What a node would run.
 *
 * @param sql its SQL; null if its template makes a mistake
 * @param problem the mistake; null if it makes none
 */
public record DryNode(@Nullable String sql, @Nullable String problem) {}
