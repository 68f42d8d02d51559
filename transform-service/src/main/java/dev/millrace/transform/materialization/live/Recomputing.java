package dev.millrace.transform.materialization.live;

import dev.millrace.transform.materialization.live.LiveForm.Additive;
import dev.millrace.transform.materialization.live.LiveQuery.Bucket;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Computes anew what was touched, from all rows that have the same keys. */
final class Recomputing {

    private final Sql sql;
    private final LivePlan plan;
    private final LiveQuery query;
    private final Generation generation;
    private final LiveTexts texts;
    private final String result;

    Recomputing(Sql sql, LivePlan plan, Generation generation, String result) {
        this.sql = sql;
        this.plan = plan;
        this.query = plan.query();
        this.generation = generation;
        this.texts = new LiveTexts(plan);
        this.result = result;
    }

    /** The only group that there is. */
    void showOne(Additive form) throws SQLException {
        sql.execute("DELETE FROM " + result);
        sql.execute(
                "INSERT INTO %s %s"
                        .formatted(result, texts.rows(form, generation.state().quoted(), "")));
    }

    /**
     * Does it.
     *
     * @return rows of the model that were written
     */
    long recompute() throws SQLException {
        if (query.keys().isEmpty()) {
            return recomputeAll();
        }
        List<Boolean> nullable = nullable();
        if (nullable.isEmpty()) {
            return 0;
        }
        Map<Integer, String> sources = pruned(nullable);
        String touched = LiveRound.touched(generation);
        String ofResult = LiveTexts.isTouched(touched, texts.resultKeys(), nullable);
        sql.execute("DELETE FROM %s AS q WHERE %s".formatted(result, ofResult));
        String rows =
                switch (plan.form()) {
                    case Additive form -> {
                        String state = generation.state().quoted();
                        String ofState =
                                LiveTexts.isTouched(touched, texts.partialKeys(form), nullable);
                        sql.execute("DELETE FROM %s AS q WHERE %s".formatted(state, ofState));
                        sql.execute(
                                "INSERT INTO %s SELECT * FROM (%s) AS q WHERE %s"
                                        .formatted(
                                                state,
                                                texts.partials(
                                                        form,
                                                        LiveQuery.read(form.delta(), sources)),
                                                ofState));
                        yield texts.rows(form, state, ofState);
                    }
                    case LiveForm.Recomputed _ ->
                            "SELECT * FROM (%s) AS q WHERE %s"
                                    .formatted(LiveQuery.read(query.full(), sources), ofResult);
                };
        return sql.execute("INSERT INTO %s %s".formatted(result, rows));
    }

    /** Where nothing tells which groups are meant. */
    private long recomputeAll() throws SQLException {
        if (plan.form() instanceof Additive form) {
            String state = generation.state().quoted();
            sql.execute("DELETE FROM " + state);
            sql.execute(
                    "INSERT INTO %s %s"
                            .formatted(
                                    state,
                                    texts.partials(
                                            form, LiveQuery.read(form.delta(), plan.tables()))));
            showOne(form);
        }
        return 1;
    }

    /** Which touched keys have nulls among them; empty if there are none at all. */
    private List<Boolean> nullable() throws SQLException {
        String nulls =
                IntStream.range(0, query.keys().size())
                        .mapToObj(i -> "bool_or(k" + i + " IS NULL)")
                        .collect(Collectors.joining(", "));
        List<List<Boolean>> read =
                sql.query(
                        "SELECT count(*) > 0, %s FROM %s"
                                .formatted(nulls, LiveRound.touched(generation)),
                        row -> {
                            List<Boolean> values = new ArrayList<>();
                            for (int i = 0; i < query.keys().size() && row.getBoolean(1); i++) {
                                values.add(row.getBoolean(i + 2));
                            }
                            return values;
                        });
        return read.getFirst();
    }

    /** Tables without what lies outside of the spans that were touched. */
    private Map<Integer, String> pruned(List<Boolean> nullable) throws SQLException {
        Map<Integer, String> sources = plan.tables();
        for (Bucket bucket : query.buckets()) {
            LiveInput input = query.inputs().get(bucket.input());
            if (nullable.get(bucket.key()) || !sources.containsKey(bucket.input())) {
                continue;
            }
            @Nullable String span =
                    sql.query(
                                    """
                                    SELECT format('%%I >= %%L AND %%I < %%L', ?::text, min(k%1$d),
                                      ?::text, max(k%1$d) + ?::interval) FROM %2$s
                                    """
                                            .formatted(bucket.key(), LiveRound.touched(generation)),
                                    row -> row.getString(1),
                                    bucket.column(),
                                    bucket.column(),
                                    bucket.width())
                            .getFirst();
            sources.put(
                    bucket.input(),
                    "(SELECT * FROM %s WHERE %s)".formatted(input.relation().quoted(), span));
        }
        return sources;
    }
}
