package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Stops a query that gives more rows than its build may have. */
final class GrowthGuard {

    /** Fewer rows than these do no harm, whatever they are made of. */
    private static final long HARMLESS = 10_000_000;

    private static final long PER_INPUT_ROW = 100;
    private static final long PER_ROW_BEFORE = 10;

    /** Inputs of fewer rows are read faster than PostgreSQL is asked what it expects. */
    private static final long WORTH_ESTIMATING = 100_000;

    /** What PostgreSQL expects is often wrong, but seldom by as much as this. */
    private static final long ESTIMATE_TOLERANCE = 100;

    private static final int SHOWN_INPUTS = 5;

    private static final Pattern PLAN_ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

    /** As PostgreSQL's planner does it: what was counted, for the size that the file has now. */
    private static final String SIZES =
            """
            SELECT i.name, CASE
                WHEN c.relkind IN ('p', 'f') THEN c.reltuples::float8
                WHEN pg_relation_size(c.oid) = 0 THEN 0
                WHEN c.relpages > 0 THEN c.reltuples::float8 / c.relpages
                  * pg_relation_size(c.oid) / current_setting('block_size')::int
              END
            FROM unnest(?::text[]) WITH ORDINALITY AS i (name, place)
              LEFT JOIN pg_class c ON c.oid = to_regclass(i.name) AND c.relkind IN ('r', 'p', 'm', 'f')
            ORDER BY i.place
            """;

    /** Lets everything through. */
    private static final GrowthGuard OPEN = new GrowthGuard(-1, "");

    private final long limit;
    private final String reason;

    private GrowthGuard(long limit, String reason) {
        this.limit = limit;
        this.reason = reason;
    }

    /**
     * The guard of a build, which has looked at what there is already.
     *
     * @throws BuildFailedException if PostgreSQL expects far more rows than there may be
     */
    static GrowthGuard of(Session session, Build build)
            throws SQLException, ModelSqlException, BuildFailedException {
        return switch (build.growth()) {
            case GrowthLimit.None _ -> OPEN;
            case GrowthLimit.Fixed fixed ->
                    new GrowthGuard(fixed.rows(), "growth_limit is " + number(fixed.rows()));
            case GrowthLimit.ByInputs by ->
                    by.inputs().isEmpty() ? OPEN : measured(session, build, by);
        };
    }

    /**
     * A table and about how many rows it has.
     *
     * @param rows null if nobody has counted
     */
    private record Size(String table, @Nullable Long rows) {

        static Size of(ResultSet row) throws SQLException {
            double rows = row.getDouble(2);
            return new Size(row.getString(1), row.wasNull() || rows < 0 ? null : (long) rows);
        }

        long known() {
            return rows == null ? 0 : rows;
        }
    }

    private static GrowthGuard measured(Session session, Build build, GrowthLimit.ByInputs by)
            throws SQLException, ModelSqlException, BuildFailedException {
        List<String> names = new ArrayList<>();
        names.add(build.target().quoted());
        by.inputs().stream().map(RelationName::quoted).sorted().forEach(names::add);
        List<Size> sizes = session.query(SIZES, Size::of, (Object) names.toArray(String[]::new));
        List<Size> inputs = sizes.subList(1, sizes.size());
        long read = inputs.stream().mapToLong(Size::known).sum();
        if (read == 0 || inputs.stream().anyMatch(input -> input.rows() == null)) {
            return OPEN;
        }
        long before = sizes.getFirst().known();
        long limit = Math.max(HARMLESS, Math.max(PER_INPUT_ROW * read, PER_ROW_BEFORE * before));
        GrowthGuard guard =
                new GrowthGuard(limit, "what it reads has " + number(read) + told(inputs, before));
        if (read >= WORTH_ESTIMATING) {
            guard.checkEstimate(session, build.sql());
        }
        return guard;
    }

    private static String told(List<Size> inputs, long before) {
        List<Size> largest =
                inputs.stream().sorted(Comparator.comparingLong(Size::known).reversed()).toList();
        String named =
                largest.stream()
                        .limit(SHOWN_INPUTS)
                        .map(input -> input.table() + " " + number(input.known()))
                        .collect(Collectors.joining(", "));
        return " ("
                + named
                + (largest.size() > SHOWN_INPUTS ? ", …" : "")
                + ")"
                + (before > 0 ? " and the table that it replaces " + number(before) : "");
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private void checkEstimate(Session session, String sql)
            throws SQLException, ModelSqlException, BuildFailedException {
        Session.Outcome plan;
        try {
            // In brackets, so that of several statements, which are a mistake, none runs.
            String explain = "EXPLAIN (FORMAT JSON) " + bracketed(sql);
            // By itself, as a transaction that it fails in could not go on.
            plan = session.transaction(() -> session.run(explain, 1));
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                // Running it says the same, and where the mistake is.
                return;
            }
            throw e;
        }
        Matcher rows = PLAN_ROWS.matcher(String.valueOf(plan.rows()));
        if (rows.find()
                && Double.parseDouble(rows.group(1)) > (double) limit * ESTIMATE_TOLERANCE) {
            throw new BuildFailedException(
                    "PostgreSQL expects its query to give "
                            + number((long) Double.parseDouble(rows.group(1)))
                            + " rows; "
                            + explained());
        }
    }

    /** The query, which now ends soon after it has given too many rows. */
    String guarded(String sql) {
        return limit < 0 ? sql : bracketed(sql) + " limit " + (limit + 1);
    }

    private static String bracketed(String sql) {
        return "select * from (\n" + sql + "\n) as guarded";
    }

    /**
     * Checks what a guarded query gave.
     *
     * @throws BuildFailedException if that is too much
     */
    void check(Session.Outcome outcome) throws BuildFailedException {
        if (limit >= 0 && outcome.count() > limit) {
            throw new BuildFailedException(
                    "its query was stopped when it had given more than "
                            + number(limit)
                            + " rows; "
                            + explained());
        }
    }

    private String explained() {
        return reason
                + ". Most often that is a join whose condition does not tell rows apart: look at"
                + " its keys. If so many are right, set growth_limit to a number of rows, or to"
                + " none";
    }
}
