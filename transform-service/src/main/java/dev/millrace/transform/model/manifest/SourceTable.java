package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * A table that the project reads and does not build.
 *
 * @param id dbt's unique id, for example {@code source.shop.web.order_completed}
 * @param sourceName its source
 * @param name its name within the source
 * @param fqn package, directories, source and name
 * @param file file that declares it, relative to its package
 * @param position where it is declared, for mistakes
 * @param details what else is said of it: loader, freshness, meta, tags, by dbt's keys
 */
public record SourceTable(
        String id,
        String packageName,
        String sourceName,
        String name,
        List<String> fqn,
        String file,
        Position position,
        Relation relation,
        String description,
        String sourceDescription,
        Map<String, Column> columns,
        List<String> tags,
        Map<String, Object> details,
        @Nullable Freshness freshness) {

    public SourceTable {
        fqn = List.copyOf(fqn);
        tags = List.copyOf(tags);
    }

    /**
     * How old its newest row may be.
     *
     * @param loadedAt expression for the time of a row; null to ask the catalogue
     * @param filter condition on the rows that are looked at; null for all
     */
    public record Freshness(
            @Nullable Age warnAfter,
            @Nullable Age errorAfter,
            @Nullable String loadedAt,
            @Nullable String filter) {}

    /** An age as dbt has it: {@code period} is minute, hour or day. */
    public record Age(long count, String period) {

        public java.time.Duration duration() {
            return switch (period) {
                case "minute" -> java.time.Duration.ofMinutes(count);
                case "hour" -> java.time.Duration.ofHours(count);
                default -> java.time.Duration.ofDays(count);
            };
        }
    }
}
