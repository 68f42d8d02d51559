package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Position;

/**
 * A setting.
 *
 * @param value text, number, flag, list or map; text may hold Jinja
 * @param position where it stands
 */
public record ConfigValue(Object value, Position position) {}
