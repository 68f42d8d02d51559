package dev.millrace.transform.materialization.live;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A query in which each table that it reads can be replaced by some of its rows.
 *
 * @param inputs the tables in the order in which they stand; one that is read twice is there twice
 * @param full the query, with {@link #placeholder placeholders} in the place of tables
 * @param keys which of its columns tell where a row of an input counts, whatever other rows there
 *     are: all that one of their values has is computed from rows that have it
 * @param touched for each input, a query for the keys where its rows count
 * @param buckets keys that are spans of a column of an input
 * @param names all identifiers that it uses
 * @param aggregating how many of its levels have aggregates, as PostgreSQL should see it, too
 */
record LiveQuery(
        List<LiveInput> inputs,
        String full,
        List<String> keys,
        List<String> touched,
        List<Bucket> buckets,
        Set<String> names,
        int aggregating) {

    LiveQuery {
        inputs = List.copyOf(inputs);
        keys = List.copyOf(keys);
        touched = List.copyOf(touched);
        buckets = List.copyOf(buckets);
        names = Set.copyOf(names);
    }

    /**
     * A key that is the beginning of a span of time.
     *
     * @param key its place among the keys
     * @param input the input of whose column it is
     * @param width how long spans are at most, as an interval in SQL
     */
    record Bucket(int key, int input, String column, String width) {}

    /** What stands for an input in the texts of a query. */
    static String placeholder(int input) {
        return "mr$input$" + input + "$";
    }

    /** A text of this query with what is to be read in the place of each input. */
    static String read(String text, Map<Integer, String> sources) {
        String read = text;
        for (Map.Entry<Integer, String> source : new TreeMap<>(sources).entrySet()) {
            read = read.replace(placeholder(source.getKey()), source.getValue());
        }
        return read;
    }

    /** The bucket that a key is; null if it is none. */
    @Nullable Bucket bucket(int input) {
        return buckets.stream().filter(b -> b.input() == input).findFirst().orElse(null);
    }
}
