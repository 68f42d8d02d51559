package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.Sha256;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.LiveForm.Additive;
import dev.millrace.transform.materialization.live.LiveForm.Partial;
import dev.millrace.transform.materialization.live.LiveForm.Recomputed;
import dev.millrace.transform.materialization.live.LiveForm.Refused;

import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a plan of a query, with PostgreSQL's word on it: what was read from its text must mean the
 * same, read the same tables, and depend on nothing but these.
 */
final class LivePlanner {

    /** Grows when tables are laid out in another way. */
    private static final String LAYOUT = "1";

    /** What stands before a query when PostgreSQL is asked about it first. */
    static final String GIVEN = view("mr_given");

    private static final Set<String> EXACT = Set.of("bigint", "numeric");

    private static final String FICKLE =
            """
            SELECT p.proname, p.provolatile = 'v' FROM pg_proc p
            WHERE (p.oid = ANY (?::oid[])
                OR p.oid IN (SELECT oprcode FROM pg_operator WHERE oid = ANY (?::oid[])))
              AND (p.provolatile = 'v'
                OR (p.provolatile = 's' AND p.pronamespace <> 'pg_catalog'::regnamespace))
            ORDER BY 1 LIMIT 1
            """;

    private static final Pattern FUNCTION =
            Pattern.compile(":(?:funcid|aggfnoid|winfnoid|opfuncid) (\\d+)");
    private static final Pattern OPERATOR = Pattern.compile(":opno (\\d+)");

    private final Connection connection;
    private final Sql sql;

    LivePlanner(Connection connection) {
        this.connection = connection;
        this.sql = new Sql(connection);
    }

    /**
     * A plan of a query.
     *
     * @throws SQLException if PostgreSQL refuses the query
     */
    LivePlan plan(String query) throws SQLException, LiveRefusedException {
        connection.setAutoCommit(false);
        try {
            return read(query);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private LivePlan read(String query) throws SQLException, LiveRefusedException {
        // PostgreSQL's own words on mistakes come first.
        view("mr_given", query);
        LiveForm form = QueryAnalysis.of(query, new CatalogInputs(connection));
        if (form instanceof Refused refused) {
            throw new LiveRefusedException(refused.reason(), refused.position());
        }
        LiveForm.Followed followed = (LiveForm.Followed) form;
        check(query, followed);
        if (followed instanceof Additive additive) {
            followed = exact(additive);
        }
        Map<String, String> columns = columns("mr_full");
        return new LivePlan(followed, columns, definition(followed, columns));
    }

    private void view(String name, String query) throws SQLException {
        sql.execute(view(name) + query + "\n");
    }

    private static String view(String name) {
        return "CREATE TEMPORARY VIEW " + name + " AS\n";
    }

    private void check(String query, LiveForm.Followed form)
            throws SQLException, LiveRefusedException {
        try {
            view("mr_read", CCJSqlParserUtil.parse(query).toString());
        } catch (JSQLParserException e) {
            throw new IllegalStateException(e);
        }
        boolean same =
                sql.number(
                                """
                                SELECT count(*) FROM pg_class
                                WHERE pg_get_viewdef('mr_given'::regclass)
                                  = pg_get_viewdef('mr_read'::regclass) AND relname = 'mr_given'
                                  AND pg_table_is_visible(oid)
                                """)
                        == 1;
        if (!same) {
            throw new LiveRefusedException(
                    "part of the query is not understood as PostgreSQL does; write it in another"
                            + " way, or make it a table",
                    -1);
        }
        LiveQuery read = form.query();
        view("mr_full", LiveQuery.read(read.full(), tables(read)));
        String tree =
                sql.query(
                                "SELECT ev_action::text FROM pg_rewrite WHERE ev_class ="
                                        + " 'mr_full'::regclass",
                                row -> row.getString(1))
                        .getFirst();
        checkTree(read, tree);
        checkTables(read);
    }

    private void checkTree(LiveQuery read, String tree) throws SQLException, LiveRefusedException {
        List<String[]> fickle =
                sql.query(
                        FICKLE,
                        row -> new String[] {row.getString(1), row.getString(2)},
                        all(FUNCTION, tree),
                        all(OPERATOR, tree));
        if (!fickle.isEmpty()) {
            String name = fickle.getFirst()[0];
            throw new LiveRefusedException(
                    fickle.getFirst()[1].equals("t")
                            ? "%s() may give another value each time; if it does not, declare it IMMUTABLE"
                                    .formatted(name)
                            : "%s() is STABLE, so it may depend on other tables or settings; if it does not, declare it IMMUTABLE"
                                    .formatted(name),
                    -1);
        }
        if (tree.contains("{SQLVALUEFUNCTION") || tree.contains("{NEXTVALUEEXPR")) {
            throw new LiveRefusedException("it depends on when, or by whom, it is run", -1);
        }
        if (tree.contains(":hasTargetSRFs true")) {
            throw new LiveRefusedException(
                    "functions that give several rows are followed in FROM, and not in SELECT", -1);
        }
        int aggregating = tree.split(":hasAggs true", -1).length - 1;
        if (aggregating != read.aggregating() || tree.contains("{SUBLINK")) {
            throw new LiveRefusedException(
                    "it has aggregates of its users' own, or sub-queries outside of FROM; make it a"
                            + " table",
                    -1);
        }
    }

    private static Object[] all(Pattern pattern, String tree) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(tree);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found.toArray();
    }

    private void checkTables(LiveQuery read) throws SQLException, LiveRefusedException {
        Set<String> depends =
                new TreeSet<>(
                        sql.query(
                                """
                                SELECT DISTINCT n.nspname || '.' || c.relname
                                FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                                  JOIN pg_class c ON c.oid = d.refobjid
                                  JOIN pg_namespace n ON n.oid = c.relnamespace
                                WHERE d.classid = 'pg_rewrite'::regclass
                                  AND d.refclassid = 'pg_class'::regclass
                                  AND r.ev_class = 'mr_full'::regclass AND c.oid <> r.ev_class
                                """,
                                row -> row.getString(1)));
        Set<String> inputs = new TreeSet<>();
        read.inputs().forEach(input -> inputs.add(input.relation().toString()));
        if (!inputs.equals(depends)) {
            throw new LiveRefusedException(
                    "the tables that it reads are not understood as PostgreSQL does", -1);
        }
    }

    /** Only sums that are the same in whatever order can be merged. */
    private LiveForm.Followed exact(Additive form) throws SQLException, LiveRefusedException {
        view("mr_delta", LiveQuery.read(form.delta(), tables(form.query())));
        Map<String, String> types = columns("mr_delta");
        for (int i = 0; i < form.partials().size(); i++) {
            String type = String.valueOf(types.get("p" + i));
            if (form.partials().get(i) == Partial.SUM && !EXACT.contains(type)) {
                if (form.query().keys().isEmpty()) {
                    throw new LiveRefusedException(
                            "sums of %s depend on the order of rows; cast to numeric, or add a GROUP BY"
                                    .formatted(type),
                            -1);
                }
                return new Recomputed(form.query(), "sums of " + type + " cannot be merged");
            }
        }
        return form;
    }

    private Map<String, String> columns(String view) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        sql.query(
                """
                SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                """,
                row -> columns.put(row.getString(1), row.getString(2)),
                view);
        return columns;
    }

    private static Map<Integer, String> tables(LiveQuery query) {
        Map<Integer, String> tables = new LinkedHashMap<>();
        for (int i = 0; i < query.inputs().size(); i++) {
            tables.put(i, query.inputs().get(i).relation().quoted());
        }
        return tables;
    }

    private static String definition(LiveForm.Followed form, Map<String, String> columns) {
        StringBuilder text = new StringBuilder(LAYOUT);
        text.append(form instanceof Additive ? "additive" : "recomputed").append('\0');
        text.append(form.query().full()).append('\0').append(form.query().keys()).append('\0');
        for (LiveInput input : form.query().inputs()) {
            text.append(input.relation().quoted()).append(input.kind());
            for (String column : LivePlan.shadowed(form.query(), input)) {
                text.append(column).append(input.columns().get(Words.fold(column)));
            }
        }
        columns.forEach((name, type) -> text.append(RelationName.quote(name)).append(type));
        return Sha256.hex(text.toString()).substring(0, 32);
    }
}
