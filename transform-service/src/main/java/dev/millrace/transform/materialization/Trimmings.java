package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a relation has beside its rows: indexes, comments and privileges. */
final class Trimmings {

    private Trimmings() {}

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
    static void add(Session session, RelationName relation, Build build) throws SQLException {
        String keyword = build.kind() == Build.Kind.TABLE ? "TABLE " : "VIEW ";
        Build.Options options = build.options();
        if (!options.comment().isEmpty()) {
            session.execute(
                    "COMMENT ON "
                            + keyword
                            + relation.quoted()
                            + " IS "
                            + literal(options.comment()));
        }
        for (Map.Entry<String, String> comment : options.columnComments().entrySet()) {
            session.execute(
                    "COMMENT ON COLUMN "
                            + relation.quoted()
                            + "."
                            + RelationName.quote(comment.getKey())
                            + " IS "
                            + literal(comment.getValue()));
        }
        for (Map.Entry<String, List<String>> grant : options.grants().entrySet()) {
            for (String role : grant.getValue()) {
                session.execute(
                        "GRANT "
                                + grant.getKey()
                                + " ON "
                                + relation.quoted()
                                + " TO "
                                + RelationName.quote(role));
            }
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
