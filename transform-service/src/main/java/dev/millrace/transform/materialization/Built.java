package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;

/**
 * What became of a build.
 *
 * @param rows rows of a table; null for a view
 * @param message what PostgreSQL would say, for example {@code SELECT 113}
 */
public record Built(@Nullable Long rows, String message) {}
