package dev.millrace.transform.materialization.live;

import dev.millrace.transform.materialization.live.AdditiveReader.NotAdditiveException;
import dev.millrace.transform.materialization.live.LiveQuery.Bucket;
import dev.millrace.transform.materialization.live.QueryReader.Query;
import dev.millrace.transform.materialization.live.Words.Word;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides from a query's text how it can be kept up to date. It takes for granted that PostgreSQL
 * accepts the query, and leaves to PostgreSQL what only its catalog knows.
 */
final class QueryAnalysis {

    private final String sql;
    private final LiveInputs inputs;

    private QueryAnalysis(String sql, LiveInputs inputs) {
        this.sql = sql;
        this.inputs = inputs;
    }

    static LiveForm of(String sql, LiveInputs inputs) {
        try {
            return new QueryAnalysis(sql, inputs).form();
        } catch (RefusedException e) {
            return new LiveForm.Refused(String.valueOf(e.getMessage()), e.position());
        }
    }

    private LiveForm form() throws RefusedException {
        List<Word> words = Words.of(sql);
        for (Word word : words) {
            if (word.isSign(";")) {
                throw new RefusedException("a model is one SELECT, without a ;", word.position());
            }
        }
        Fickle.refuse(words);
        Query read = read();
        Level top = read.top();
        if (top.isFlat()) {
            throw new RefusedException(
                    "each of its rows comes from one row of what it reads; make it a view, which is"
                            + " never behind",
                    -1);
        }
        List<String> keys = keys(top);
        LiveQuery query = describe(read, keys, words);
        String why;
        try {
            LiveForm.Additive form = AdditiveReader.read(read(), query);
            List<String> own = keys.stream().filter(form.keys()::contains).toList();
            return own.equals(keys)
                    ? form
                    : AdditiveReader.read(read(), describe(read(), own, words));
        } catch (NotAdditiveException e) {
            why = String.valueOf(e.getMessage());
        }
        if (keys.isEmpty()) {
            throw noKeys(top);
        }
        return new LiveForm.Recomputed(query, why);
    }

    private Query read() throws RefusedException {
        return QueryReader.read(sql, inputs);
    }

    private static List<String> keys(Level top) {
        return top.outputs().stream()
                .filter(output -> output.grade() == Grade.KEY && !output.isConstant())
                .map(Output::name)
                .filter(name -> !name.isEmpty())
                .filter(
                        name ->
                                top.outputs().stream()
                                                .filter(output -> output.name().equals(name))
                                                .count()
                                        == 1)
                .toList();
    }

    private RefusedException noKeys(Level top) {
        boolean unnamed =
                top.outputs().stream()
                        .anyMatch(
                                output ->
                                        output.grade() == Grade.KEY
                                                && !output.isConstant()
                                                && output.name().isEmpty());
        if (unnamed) {
            return new RefusedException("give the column that it groups by a name: … AS name", -1);
        }
        if (top.isGrouped() && top.groupKeys().isEmpty()) {
            return new RefusedException(
                    "its one row is of all rows, and any change would have all of them read again;"
                            + " add a GROUP BY, or make it a table",
                    -1);
        }
        return new RefusedException(
                "none of its columns tells which rows a change of an input counts for: select a"
                        + " column that it groups by (or partitions windows by), and not one that a"
                        + " LEFT JOIN may leave empty or that is itself computed from several rows",
                -1);
    }

    private LiveQuery describe(Query read, List<String> keys, List<Word> words)
            throws RefusedException {
        List<String> touched = new ArrayList<>();
        for (int input = 0; input < read.inputs().size(); input++) {
            touched.add(keys.isEmpty() ? "" : Skeleton.of(read().top(), keys, input));
        }
        Query whole = read();
        if (whole.top().select().getDistinct() == null) {
            // A table has no order; DISTINCT ON takes the first of each.
            whole.top().select().setOrderByElements(null);
        }
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            for (Output output : read.top().outputs()) {
                if (output.name().equals(key) && output.bucket() != null) {
                    Output.Span span = output.bucket();
                    buckets.add(
                            new Bucket(i, span.base().input(), span.base().column(), span.width()));
                }
            }
        }
        Set<String> names =
                words.stream().filter(Word::isName).map(Word::text).collect(Collectors.toSet());
        return new LiveQuery(
                read.inputs(),
                whole.top().select().toString(),
                keys,
                touched,
                buckets,
                names,
                read.top().aggregating());
    }
}
