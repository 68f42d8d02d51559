package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.serving.feed.Cursor.Snapshot;
import dev.millrace.serving.feed.FeedPage.Operation;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Reads all rows of a table, page by page, as they stand in it. Rows that changed after the first
 * page are left out, as they come as changes: others do not move, and each comes once.
 */
final class SnapshotPages {

    private static final int FIRST_BLOCKS = 64;
    private static final int MOST_BLOCKS = 1 << 16;

    private final Connection connection;
    private final FeedTable table;
    private final PageRows page;

    SnapshotPages(Connection connection, FeedTable table, PageRows page) {
        this.connection = connection;
        this.table = table;
        this.page = page;
    }

    /**
     * The place after the rows that were added to the page; behind all of them, changes begin.
     *
     * @param from a place that {@link Trail changes} are known from
     */
    Cursor.Place read(Snapshot from) throws SQLException {
        boolean isChanged = table.version() > from.version();
        return table.isParted() ? readParts(from, isChanged) : readBlocks(from, isChanged);
    }

    private Cursor.Place readBlocks(Snapshot from, boolean isChanged) throws SQLException {
        String sql =
                "SELECT 0, r.ctid::text, %s FROM %s r WHERE r.ctid > ?::tid AND r.ctid < ?::tid%s ORDER BY r.ctid LIMIT ?"
                        .formatted(columns(), table.name().quoted(), isChanged ? unchanged() : "");
        Snapshot at = from;
        long blocks = FIRST_BLOCKS;
        while (at.block() < table.blocks()) {
            if (!page.hasRoom()) {
                return at;
            }
            long end = Math.min(at.block() + blocks, table.blocks());
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setFetchSize(PageRows.FETCHED);
                select.setString(1, tid(at.block(), at.item()));
                select.setString(2, tid(end, 0));
                int next = bindUnchanged(select, 3, from, isChanged);
                select.setInt(next, page.left() + 1);
                Snapshot last = take(select, at);
                if (last != null) {
                    return last;
                }
            }
            at = new Snapshot(at.file(), at.version(), 0, end, 0);
            blocks = Math.min(blocks * 4, MOST_BLOCKS);
        }
        return Cursor.Changes.after(from.version());
    }

    private Cursor.Place readParts(Snapshot from, boolean isChanged) throws SQLException {
        String sql =
                "SELECT r.tableoid::bigint, r.ctid::text, %s FROM %s r WHERE (r.tableoid, r.ctid) > (?::oid, ?::tid)%s ORDER BY r.tableoid, r.ctid LIMIT ?"
                        .formatted(columns(), table.name().quoted(), isChanged ? unchanged() : "");
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setFetchSize(PageRows.FETCHED);
            select.setString(1, Long.toString(from.part()));
            select.setString(2, tid(from.block(), from.item()));
            int next = bindUnchanged(select, 3, from, isChanged);
            select.setInt(next, page.left() + 1);
            Snapshot last = take(select, from);
            return last == null ? Cursor.Changes.after(from.version()) : last;
        }
    }

    /** Where the page is full; null if there were no more rows than had room. */
    private @Nullable Snapshot take(PreparedStatement select, Snapshot from) throws SQLException {
        Snapshot at = from;
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (!page.hasRoom()) {
                    return at;
                }
                String ctid = rows.getString(2);
                int comma = ctid.indexOf(',');
                Snapshot next =
                        new Snapshot(
                                from.file(),
                                from.version(),
                                rows.getLong(1),
                                Long.parseLong(ctid, 1, comma, 10),
                                Integer.parseInt(ctid, comma + 1, ctid.length() - 1, 10));
                FeedPage.Row row =
                        new FeedPage.Row(
                                Operation.valueOf(rows.getString(3)),
                                from.version(),
                                null,
                                rows.getString(4),
                                rows.getString(5));
                if (!page.add(row)) {
                    return at;
                }
                at = next;
            }
        }
        return null;
    }

    private static String tid(long block, int item) {
        return "(" + block + "," + item + ")";
    }

    private String columns() {
        return "%s, %s, row_to_json(r)::text"
                .formatted(
                        PageRows.operation(table),
                        table.form() == FeedTable.Form.OTHER
                                ? "NULL"
                                : "r." + PageRows.quoted(RowColumns.ID));
    }

    /** What leaves out rows that come as changes. */
    private String unchanged() {
        return switch (table.form()) {
            case APPENDED ->
                    """
                     AND NOT EXISTS (SELECT FROM transform.changes b
                      WHERE b.relation = ? AND b.version > ? AND b.loaded_at = r.%s
                        AND (NOT b.has_ids OR r.%s = ANY (b.ids)))
                    """
                            .formatted(
                                    PageRows.quoted(RowColumns.LOADED_AT),
                                    PageRows.quoted(RowColumns.ID));
            case KEYED ->
                    """
                     AND r.%s NOT IN (SELECT k.key FROM transform.changes b, unnest(b.keys) AS k (key)
                      WHERE b.relation = ? AND b.version > ?)
                    """
                            .formatted(PageRows.quoted(RowColumns.ID));
            case OTHER -> "";
        };
    }

    private int bindUnchanged(PreparedStatement select, int next, Snapshot from, boolean isChanged)
            throws SQLException {
        if (!isChanged || table.form() == FeedTable.Form.OTHER) {
            return next;
        }
        select.setString(next, table.name().toString());
        select.setLong(next + 1, from.version());
        return next + 2;
    }
}
