package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;

/**
 * What became of a build.
 *
 * @param rows rows of a table; null for a view
 * @param message what PostgreSQL would say, for example {@code SELECT 113}
 */
public record Built(@Nullable Long rows, String message) {

    /** The same of the statement that did it. */
    static Built of(Session.Outcome outcome) {
        long rows = Math.max(0, outcome.count());
        return new Built(
                rows, outcome.tag() + (outcome.tag().equals("INSERT") ? " 0 " : " ") + rows);
    }
}
