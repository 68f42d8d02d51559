package dev.millrace.transform.materialization;

import java.util.Map;

/**
 * How a snapshot tells changes. Values of templates stay what they are.
 *
 * @param strategy {@code timestamp}, {@code check}, or one of the project's own
 * @param columns names of the columns that the snapshot adds, by those that dbt has for them
 */
public record Snapshot(SqlMacros macros, String strategy, Map<String, String> columns) {}
