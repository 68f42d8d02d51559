package dev.millrace.transform.materialization.live;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** How a query can be kept up to date, if it can. */
sealed interface LiveForm {

    /** A query that can be kept up to date by one of the two ways. */
    sealed interface Followed extends LiveForm {
        LiveQuery query();
    }

    /**
     * Its groups are sums of what rows add to them: new rows are merged in, and nothing else is
     * read.
     *
     * @param fact which input the new rows come to, by its place
     * @param delta the query that gives keys {@code k0 …} and partial results {@code p0 …} of the
     *     rows that it is given
     * @param keys which of the model's columns are the group's keys; {@code k0} is the first
     * @param partials how each partial result is merged with that of new rows
     * @param outputs what the model's columns are, in keys and partial results
     * @param having which groups the model has; null for all
     */
    record Additive(
            LiveQuery query,
            int fact,
            String delta,
            List<String> keys,
            List<Partial> partials,
            List<String> outputs,
            @Nullable String having)
            implements Followed {

        public Additive {
            keys = List.copyOf(keys);
            partials = List.copyOf(partials);
            outputs = List.copyOf(outputs);
        }
    }

    /** Where rows come, go or change, its groups are computed anew. */
    record Recomputed(LiveQuery query, String whyNotAdditive) implements Followed {}

    /**
     * It can be kept up to date by neither.
     *
     * @param reason what is in the way, and what to do instead
     * @param position where in the SQL, from 0; -1 if it is about the whole
     */
    record Refused(String reason, int position) implements LiveForm {}

    /** How two partial results become one. */
    enum Partial {
        COUNT,
        SUM,
        MIN,
        MAX;

        /** The merged result in SQL. */
        String merge(String old, String added) {
            return switch (this) {
                case COUNT -> old + " + " + added;
                // No value at all is no zero.
                case SUM -> "coalesce(%1$s + %2$s, %1$s, %2$s)".formatted(old, added);
                case MIN -> "least(%s, %s)".formatted(old, added);
                case MAX -> "greatest(%s, %s)".formatted(old, added);
            };
        }
    }
}
