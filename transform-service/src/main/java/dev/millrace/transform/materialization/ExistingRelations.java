package dev.millrace.transform.materialization;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Asks which relations are there, all at once. */
public final class ExistingRelations {

    private static final String QUERY =
            """
            SELECT r FROM unnest(?::text[]) AS r
            WHERE to_regclass(r) IS NOT NULL
            """;

    private ExistingRelations() {}

    /** Those of some relations, written {@code "schema"."name"}, that are there. */
    public static Set<String> among(Collection<String> quoted, Connection connection)
            throws SQLException {
        Set<String> found = new TreeSet<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setArray(1, connection.createArrayOf("text", quoted.toArray()));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }
}
