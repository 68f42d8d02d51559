package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.SqlText;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a relation has beside its rows: indexes, comments, privileges and policies. */
final class Trimmings {

    private static final String COLUMNS =
            """
            SELECT attname FROM pg_attribute
            WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped
            """;

    private Trimmings() {}

    /** Whether a build asks for any comments, privileges or protection. */
    static boolean areAny(Build build) {
        Build.Options options = build.options();
        return !options.comment().isEmpty()
                || !options.columnComments().isEmpty()
                || !options.grants().isEmpty()
                || options.tenancy().rule() != Build.Tenancy.Rule.OPEN;
    }

    /** The statement that makes an index. */
    static String index(RelationName table, Build.Index index) {
        return "CREATE "
                + (index.unique() ? "UNIQUE " : "")
                + "INDEX ON "
                + table.quoted()
                + " USING "
                + RelationName.quote(index.type())
                + " ("
                + index.columns().stream()
                        .map(RelationName::quote)
                        .collect(Collectors.joining(", "))
                + ")";
    }

    /** Gives a relation its comments and privileges. */
    static void add(Session session, RelationName relation, Build build)
            throws SQLException, BuildFailedException {
        Build.Options options = build.options();
        if (!options.comment().isEmpty()) {
            session.execute(
                    "COMMENT ON "
                            + build.kind().keyword()
                            + " "
                            + relation.quoted()
                            + " IS "
                            + SqlText.literal(options.comment()));
        }
        if (!options.columnComments().isEmpty()) {
            comment(session, relation, options.columnComments());
        }
        new Grants(session, relation).apply(options.grants());
        // After what is granted: of some relations readers get nothing.
        TenantTables.protect(session, relation, options.tenancy());
    }

    /** What is said of columns that are not there is of no use, and as in dbt no mistake. */
    private static void comment(
            Session session, RelationName relation, Map<String, String> comments)
            throws SQLException {
        List<String> there = session.query(COLUMNS, row -> row.getString(1), relation.quoted());
        for (Map.Entry<String, String> comment : comments.entrySet()) {
            if (there.contains(comment.getKey())) {
                session.execute(
                        "COMMENT ON COLUMN "
                                + relation.quoted()
                                + "."
                                + RelationName.quote(comment.getKey())
                                + " IS "
                                + SqlText.literal(comment.getValue()));
            }
        }
    }
}
