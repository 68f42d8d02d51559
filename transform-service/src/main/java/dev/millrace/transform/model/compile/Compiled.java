package dev.millrace.transform.model.compile;

import dev.millrace.transform.jinja.Place;
import dev.millrace.transform.jinja.Rendered;

import java.util.Optional;

/**
 * The SQL of a model.
 *
 * @param sql what PostgreSQL gets to see
 * @param body the model's own part of it
 * @param insertedAt where in the body the queries of ephemeral models were put
 * @param inserted how many characters they have
 */
public record Compiled(String sql, Rendered body, int insertedAt, int inserted) {

    /** The place in the model's file that a character of the SQL comes from. */
    public Optional<Place> place(int offset) {
        if (offset < insertedAt) {
            return body.place(offset);
        }
        return offset < insertedAt + inserted ? Optional.empty() : body.place(offset - inserted);
    }

    /** The line of the SQL that a character stands in; the first is 1. */
    public int line(int offset) {
        return 1
                + (int)
                        sql.substring(0, Math.min(offset, sql.length()))
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
    }
}
