package dev.millrace.serving.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the queries of a request found.
 *
 * @param readAt the moment that all of it is of
 * @param reads what it was read from
 * @param rollups those that queries were answered from, by the query's number
 */
record Results(
        List<ResultRows> queries, Instant readAt, Reads reads, Map<Integer, UsedRollup> rollups) {

    Results {
        queries = List.copyOf(queries);
        rollups = Map.copyOf(rollups);
    }

    long rows() {
        long rows = 0;
        for (ResultRows query : queries) {
            rows += query.rows();
        }
        return rows;
    }
}
