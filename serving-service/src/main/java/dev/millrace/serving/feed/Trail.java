package dev.millrace.serving.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What is known of the changes of a relation in a range of versions.
 *
 * @param isWhole whether it is known of each version which rows it changed, in one and the same
 *     table
 * @param isShared whether two of them have the same moment
 */
record Trail(boolean isWhole, boolean isShared) {

    static Trail look(Connection connection, FeedTable table, long after, long to)
            throws SQLException {
        if (table.form() == FeedTable.Form.OTHER) {
            return new Trail(after == to, false);
        }
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT count(*),
                          coalesce(bool_and(b.table_oid::bigint = ? AND b.is_keyed = ?
                            AND (NOT b.is_keyed OR b.keys IS NOT NULL)
                            AND (NOT b.has_ids OR b.ids IS NOT NULL)), true),
                          coalesce(bool_or(EXISTS (SELECT FROM transform.changes o
                            WHERE o.relation = b.relation AND o.loaded_at = b.loaded_at
                              AND o.version <> b.version)), false)
                        FROM transform.changes b
                        WHERE b.relation = ? AND b.version > ? AND b.version <= ?
                        """)) {
            select.setLong(1, table.oid());
            select.setBoolean(2, table.form() == FeedTable.Form.KEYED);
            select.setString(3, table.name().toString());
            select.setLong(4, after);
            select.setLong(5, to);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Trail(
                        row.getLong(1) == to - after && row.getBoolean(2), row.getBoolean(3));
            }
        }
    }
}
