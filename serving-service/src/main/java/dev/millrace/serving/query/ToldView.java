package dev.millrace.serving.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A view by which transform tells readers something; a warehouse that it never saw has none. */
final class ToldView {

    private final String schema;
    private final String name;
    private volatile boolean found;

    ToldView(String schema, String name) {
        this.schema = schema;
        this.name = name;
    }

    /** Whether it can be read; asked no more once it can. */
    boolean isThere(Connection connection) throws SQLException {
        if (found) {
            return true;
        }
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT EXISTS (
                          SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                          WHERE n.nspname = ? AND c.relname = ?
                            AND has_schema_privilege(n.oid, 'USAGE')
                            AND has_table_privilege(c.oid, 'SELECT'))
                        """)) {
            select.setString(1, schema);
            select.setString(2, name);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                found = row.getBoolean(1);
                return found;
            }
        }
    }
}
