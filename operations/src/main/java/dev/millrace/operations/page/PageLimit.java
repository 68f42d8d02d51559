package dev.millrace.operations.page;

import dev.millrace.operations.problem.Refusal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

import java.util.List;
import java.util.function.Function;

/** How many entries of a list one answer has at most. */
public final class PageLimit {

    private final int limit;

    private PageLimit(int limit) {
        this.limit = limit;
    }

    /**
     * The limit that was asked for; any other is refused with 400.
     *
     * @param most what may be asked for
     */
    public static PageLimit of(int limit, int most) {
        if (limit < 1 || limit > most) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "'limit' is from 1 to " + most + ".");
        }
        return new PageLimit(limit);
    }

    /** How many to look for: one more than is shown tells whether there is another page. */
    public int toFind() {
        return limit + 1;
    }

    /**
     * What is shown of what was found.
     *
     * @param items what is shown
     * @param next where the next page begins; null on the last
     */
    public record Shown<T, P>(List<T> items, @Nullable P next) {}

    /**
     * What is shown of what was found.
     *
     * @param place tells the next page of the last entry of this one
     */
    public <T, P> Shown<T, P> show(List<T> found, Function<T, P> place) {
        if (found.size() <= limit) {
            return new Shown<>(found, null);
        }
        List<T> items = found.subList(0, limit);
        return new Shown<>(items, place.apply(items.getLast()));
    }
}
