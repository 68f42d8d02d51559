package dev.millrace.serving.query;

import java.time.Instant;
import java.util.List;

/**
 * What the queries of a request found.
 *
 * @param readAt the moment that all of it is of
 * @param reads what it was read from
 */
record Results(List<ResultRows> queries, Instant readAt, Reads reads) {

    Results {
        queries = List.copyOf(queries);
    }

    long rows() {
        return queries.stream().mapToLong(ResultRows::rows).sum();
    }
}
