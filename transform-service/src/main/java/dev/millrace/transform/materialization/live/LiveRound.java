package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.Generation.Cursor;
import dev.millrace.transform.materialization.live.LiveForm.Additive;
import dev.millrace.transform.publish.ChangeFeed.Batch;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Brings the tables of a model from some versions of its inputs to others, in a transaction whose
 * snapshot has exactly these.
 */
final class LiveRound {

    private final Sql sql;
    private final LivePlan plan;
    private final LiveQuery query;
    private final Generation generation;
    private final LiveTexts texts;
    private final String result;
    private final Recomputing recomputing;
    private final Map<String, Changes> changes;
    private final Map<String, NewRows.Found> found = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private long written;

    /**
     * @param result the model's table
     * @param changes what changed, by relation
     */
    LiveRound(
            Sql sql,
            LivePlan plan,
            Generation generation,
            RelationName result,
            Map<String, Changes> changes) {
        this.sql = sql;
        this.plan = plan;
        this.query = plan.query();
        this.generation = generation;
        this.texts = new LiveTexts(plan);
        this.result = result.quoted();
        this.changes = changes;
        this.recomputing = new Recomputing(sql, plan, generation, this.result);
    }

    /** The table of a session in which keys are gathered; it is empty after each transaction. */
    static String touched(Generation generation) {
        return "pg_temp.mr_touched_" + generation.number();
    }

    private static String idTable(Generation generation, int input) {
        return "pg_temp.mr_ids_" + generation.number() + "_" + input;
    }

    /**
     * Makes what the rounds of a session work with.
     *
     * @param result the model's table, which decides types and collations of keys
     */
    static void prepare(Sql sql, LivePlan plan, Generation generation, RelationName result)
            throws SQLException {
        List<String> keys = plan.query().keys();
        if (!keys.isEmpty()) {
            String columns =
                    IntStream.range(0, keys.size())
                            .mapToObj(i -> RelationName.quote(keys.get(i)) + " AS k" + i)
                            .collect(Collectors.joining(", "));
            temporary(
                    sql,
                    touched(generation),
                    "SELECT %s FROM %s".formatted(columns, result.quoted()));
        }
        for (int i = 0; i < plan.query().inputs().size(); i++) {
            temporary(sql, idTable(generation, i), "SELECT ''::text AS id");
        }
    }

    private static void temporary(Sql sql, String table, String columns) throws SQLException {
        sql.execute("DROP TABLE IF EXISTS " + table);
        sql.execute(
                "CREATE TEMPORARY TABLE %s ON COMMIT DELETE ROWS AS %s WITH NO DATA"
                        .formatted(table.substring("pg_temp.".length()), columns));
    }

    /**
     * Brings the tables up to date.
     *
     * @return rows of the model that were written
     */
    long apply() throws SQLException, NeedsBuildException {
        for (Changes each : changes.values()) {
            if (each.input().kind() == LiveInput.Kind.APPENDED) {
                each.requireAdded();
                NewRows.Found rows = NewRows.find(sql, each);
                found.put(each.input().relation().toString(), rows);
                if (rows.rows() > each.rows() && each.isPart()) {
                    // What is computed anew would have rows of later batches, too.
                    throw new NeedsBuildException("too much of it cannot be told apart");
                }
            }
        }
        boolean recomputes = false;
        for (int input = 0; input < query.inputs().size(); input++) {
            Changes changed = changes.get(query.inputs().get(input).relation().toString());
            if (changed != null) {
                recomputes |= gather(input, changed);
            }
        }
        if (plan.form() instanceof Additive additive) {
            merge(additive);
        }
        if (recomputes) {
            written += recomputing.recompute();
        }
        for (Changes each : changes.values()) {
            if (each.input().kind() != LiveInput.Kind.APPENDED) {
                remember(each);
            }
        }
        return written;
    }

    /** Where the cursors are then. */
    Map<String, Cursor> cursors() throws SQLException {
        Map<String, Cursor> cursors = new HashMap<>();
        for (Map.Entry<String, Changes> each : changes.entrySet()) {
            NewRows.Found rows = found.get(each.getKey());
            Changes change = each.getValue();
            long oid =
                    sql.query(
                                    "SELECT coalesce(to_regclass(?)::oid::bigint, 0)",
                                    row -> row.getLong(1),
                                    change.input().relation().quoted())
                            .getFirst();
            cursors.put(
                    each.getKey(),
                    new Cursor(
                            change.to(), oid, rows == null ? change.from().block() : rows.block()));
        }
        return cursors;
    }

    /**
     * Gathers the keys where changed rows of an input count, or counted.
     *
     * @return whether groups are to be computed anew for them
     */
    private boolean gather(int input, Changes changed) throws SQLException {
        if (changed.input().kind() == LiveInput.Kind.APPENDED) {
            return gatherAdded(input, changed);
        }
        if (query.keys().isEmpty()) {
            return true;
        }
        String table = changed.input().relation().quoted();
        String shadow = generation.shadow(changed.input()).quoted();
        Set<String> keys = changed.keys();
        String now;
        String before;
        if (keys == null) {
            String columns = LiveTexts.shadowColumns(query, changed.input());
            String both = "(SELECT %s FROM %s EXCEPT ALL SELECT %s FROM %s)";
            now = both.formatted(columns, table, LivePlan.all(columns), shadow);
            before = both.formatted(LivePlan.all(columns), shadow, columns, table);
        } else if (keys.isEmpty()) {
            return false;
        } else {
            String ofIds =
                    "(SELECT * FROM %s WHERE %s = ANY (ARRAY(SELECT id FROM %s)))"
                            .formatted(
                                    "%s",
                                    RelationName.quote(String.valueOf(changed.input().identity())),
                                    ids(input, changed, keys));
            now = ofIds.formatted(table);
            before = ofIds.formatted(shadow);
        }
        touch(input, now, plan.tables());
        touch(input, before, before());
        return true;
    }

    private boolean gatherAdded(int input, Changes changed) throws SQLException {
        boolean isFact = plan.form() instanceof Additive additive && additive.fact() == input;
        List<Batch> unclear = isFact ? unclear(changed) : changed.batches();
        if (unclear.isEmpty()) {
            return false;
        }
        if (!query.keys().isEmpty()) {
            NewRows.Found rows =
                    isFact
                            ? NewRows.find(sql, changed.only(unclear))
                            : found.get(changed.input().relation().toString());
            if (rows != null) {
                touch(input, rows.source(), plan.tables());
            }
        }
        return true;
    }

    /** Batches of whose moment there are rows that are in the table already. */
    private List<Batch> unclear(Changes added) {
        NewRows.Found rows = found.get(added.input().relation().toString());
        return rows != null && rows.rows() > added.rows() ? added.batches() : added.shared();
    }

    private void touch(int input, String rows, Map<Integer, String> others) throws SQLException {
        Map<Integer, String> sources = new TreeMap<>(others);
        sources.put(input, rows);
        sql.execute(
                "INSERT INTO %s %s"
                        .formatted(
                                touched(generation),
                                LiveQuery.read(query.touched().get(input), sources)));
    }

    /** What stands for whole tables as they were: rows too many of those that only grow. */
    private Map<Integer, String> before() {
        Map<Integer, String> before = plan.tables();
        for (int i = 0; i < query.inputs().size(); i++) {
            LiveInput input = query.inputs().get(i);
            if (input.kind() != LiveInput.Kind.APPENDED) {
                before.put(i, generation.shadow(input).quoted());
            }
        }
        return before;
    }

    private String ids(int input, Changes changed, Set<String> keys) throws SQLException {
        String relation = changed.input().relation().toString();
        String known = ids.get(relation);
        if (known != null) {
            return known;
        }
        String table = idTable(generation, input);
        sql.update(
                "INSERT INTO %s SELECT unnest(?::text[])".formatted(table),
                (Object) keys.toArray());
        ids.put(relation, table);
        return table;
    }

    private void merge(Additive form) throws SQLException {
        String relation = query.inputs().get(form.fact()).relation().toString();
        Changes added = changes.get(relation);
        if (added == null) {
            return;
        }
        List<Batch> unclear = unclear(added);
        List<Batch> clear = added.batches().stream().filter(b -> !unclear.contains(b)).toList();
        if (clear.isEmpty()) {
            return;
        }
        NewRows.Found rows = found.get(relation);
        if (rows == null || clear.size() < added.batches().size()) {
            rows = NewRows.find(sql, added.only(clear));
        }
        Map<Integer, String> sources = plan.tables();
        sources.put(form.fact(), rows.source());
        String state = generation.state().quoted();
        written +=
                sql.number(texts.merge(form, state, result, LiveQuery.read(form.delta(), sources)));
        if (form.keys().isEmpty()) {
            recomputing.showOne(form);
        }
    }

    /** What the input is now is what it was, next time. */
    private void remember(Changes changed) throws SQLException {
        LiveInput input = changed.input();
        String shadow = generation.shadow(input).quoted();
        String columns = LiveTexts.shadowColumns(query, input);
        String table = input.relation().quoted();
        String ofIds = ids.get(input.relation().toString());
        Set<String> keys = changed.keys();
        if (keys != null && keys.isEmpty()) {
            return;
        }
        if (keys != null && ofIds == null) {
            ofIds = ids(query.inputs().indexOf(input), changed, keys);
        }
        String where =
                ofIds == null
                        ? ""
                        : " WHERE %s = ANY (ARRAY(SELECT id FROM %s))"
                                .formatted(
                                        RelationName.quote(String.valueOf(input.identity())),
                                        ofIds);
        sql.execute("DELETE FROM " + shadow + where);
        sql.execute("INSERT INTO %s SELECT %s FROM %s%s".formatted(shadow, columns, table, where));
    }
}
