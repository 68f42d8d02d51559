package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.serving.feed.Cursor.Changes;
import dev.millrace.serving.feed.FeedPage.Operation;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/** Reads what changed in a table after a version, in the order of commits. */
final class ChangePages {

    /** Changes that are looked at together at most. */
    private static final int MOST_CHANGES = 2_000;

    /** Of keys that change often, one change is told of as many others. */
    private static final int COLLAPSED = 20_000;

    /** Blocks that landers who work at the same time may have begun before others. */
    private static final long NEAR = 1_024;

    private static final int WIDER = 16;

    private final Connection connection;
    private final FeedTable table;
    private final boolean seesAll;
    private final PageRows page;

    /**
     * @param seesAll whether no row of the table is hidden from the reader
     */
    ChangePages(Connection connection, FeedTable table, boolean seesAll, PageRows page) {
        this.connection = connection;
        this.table = table;
        this.seesAll = seesAll;
        this.page = page;
    }

    /** The place after the rows that were added to the page; nothing if changes are not known. */
    Optional<Changes> read(Changes from) throws SQLException {
        Changes at = from;
        while (at.version() < table.version() && page.hasRoom()) {
            Range range = range(at);
            Trail trail = Trail.look(connection, table, at.version(), range.to());
            if (!trail.isWhole() || range.to() > table.version()) {
                return Optional.empty();
            }
            at =
                    table.form() == FeedTable.Form.KEYED
                            ? readKeyed(at, range)
                            : readAppended(at, range, trail.isShared());
        }
        return at.version() > table.version() ? Optional.empty() : Optional.of(at);
    }

    /**
     * Changes that are read together.
     *
     * @param to the last one's version
     * @param rows how many rows they added
     */
    private record Range(long to, long rows) {}

    private Range range(Changes from) throws SQLException {
        boolean isKeyed = table.form() == FeedTable.Form.KEYED;
        if (from.window() > 0) {
            return new Range(from.window(), 0);
        }
        long enough = isKeyed ? Math.max(COLLAPSED, page.left()) : page.left();
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT b.version, CASE WHEN b.is_keyed THEN cardinality(b.keys) ELSE b.rows END
                        FROM transform.changes b WHERE b.relation = ? AND b.version > ?
                        ORDER BY b.version LIMIT ?
                        """)) {
            select.setString(1, table.name().toString());
            select.setLong(2, from.version());
            select.setInt(3, MOST_CHANGES);
            select.setFetchSize(PageRows.FETCHED);
            long to = from.version() + 1;
            long rows = 0;
            try (ResultSet changes = select.executeQuery()) {
                while (rows < enough && changes.next()) {
                    to = changes.getLong(1);
                    rows += changes.getLong(2);
                }
            }
            return new Range(to, rows);
        }
    }

    private Changes readKeyed(Changes from, Range range) throws SQLException {
        String sql =
                """
                WITH changed AS (
                  SELECT k.key COLLATE "C" AS key, max(b.version) AS version
                  FROM transform.changes b, unnest(b.keys) AS k (key)
                  WHERE b.relation = ? AND b.version > ? AND b.version <= ? GROUP BY 1),
                asked AS (
                  SELECT key, version FROM changed WHERE (version, key) > (?, ?)
                  ORDER BY version, key LIMIT ?)
                SELECT k.version, to_json(b.loaded_at) #>> '{}', %s, k.key,
                  CASE WHEN r.%s IS NOT NULL THEN row_to_json(r)::text END
                FROM asked k
                  JOIN transform.changes b ON b.relation = ? AND b.version = k.version
                  LEFT JOIN %s r ON r.%s = k.key
                ORDER BY k.version, k.key
                """
                        .formatted(
                                PageRows.operation(table),
                                PageRows.quoted(RowColumns.ID),
                                table.name().quoted(),
                                PageRows.quoted(RowColumns.ID));
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setFetchSize(PageRows.FETCHED);
            select.setString(1, table.name().toString());
            select.setLong(2, from.version());
            select.setLong(3, range.to());
            select.setLong(4, from.atVersion());
            select.setString(5, Objects.requireNonNullElse(from.atKey(), ""));
            select.setInt(6, page.left() + 1);
            select.setString(7, table.name().toString());
            FeedPage.Row last = take(select);
            if (last == null && page.isFull()) {
                return from;
            }
            return last == null
                    ? Changes.after(range.to())
                    : new Changes(
                            from.version(), range.to(), last.version(), last.key(), from.block());
        }
    }

    private Changes readAppended(Changes from, Range range, boolean isShared) throws SQLException {
        Place place = place(from, range, isShared);
        String sql =
                """
                SELECT b.version, to_json(b.loaded_at) #>> '{}', 'INSERT', r.%1$s, row_to_json(r)::text
                FROM transform.changes b JOIN %2$s r ON r.%3$s = b.loaded_at
                WHERE b.relation = ? AND b.version > ? AND b.version <= ?
                  AND (b.version > ? OR r.%1$s COLLATE "C" > ?)%4$s%5$s
                ORDER BY b.version, r.%1$s COLLATE "C" LIMIT ?
                """
                        .formatted(
                                PageRows.quoted(RowColumns.ID),
                                table.name().quoted(),
                                PageRows.quoted(RowColumns.LOADED_AT),
                                place.where(),
                                isShared ? own() : "");
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setFetchSize(PageRows.FETCHED);
            select.setString(1, table.name().toString());
            select.setLong(2, from.version());
            select.setLong(3, range.to());
            select.setLong(4, from.atVersion());
            select.setString(5, Objects.requireNonNullElse(from.atKey(), ""));
            int next = place.bind(select, 6);
            select.setInt(next, page.left() + 1);
            FeedPage.Row last = take(select);
            if (last == null && page.isFull()) {
                return from;
            }
            return last == null
                    ? new Changes(range.to(), 0, 0, null, place.block())
                    : new Changes(last.version() - 1, 0, last.version(), last.key(), place.block());
        }
    }

    /**
     * Of rows of the same moment, each belongs to the change that names it, or else to the first.
     */
    private static String own() {
        return """
         AND (CASE WHEN b.has_ids THEN r.%1$s = ANY (b.ids)
           ELSE NOT EXISTS (SELECT FROM transform.changes o
             WHERE o.relation = b.relation AND o.loaded_at = b.loaded_at
               AND o.version <> b.version AND r.%1$s = ANY (o.ids)) END)
        """
                .formatted(PageRows.quoted(RowColumns.ID));
    }

    /**
     * Where in the table rows were added.
     *
     * @param from the first event time
     * @param to the last one
     * @param block where the search begins, or -1 if it cannot be told
     */
    private record Place(@Nullable String from, @Nullable String to, long block, String where) {

        int bind(PreparedStatement select, int next) throws SQLException {
            int at = next;
            if (from != null && to != null) {
                select.setString(at++, from);
                select.setString(at++, to);
            }
            if (block > 0) {
                select.setString(at++, "(" + block + ",0)");
            }
            return at;
        }

        Place at(long start) {
            return of(from, to, start);
        }

        static Place of(@Nullable String from, @Nullable String to, long block) {
            String column = "r." + PageRows.quoted(RowColumns.EVENT_AT);
            return new Place(
                    from,
                    to,
                    block,
                    (from != null && to != null
                                    ? " AND %1$s >= ?::timestamptz AND %1$s <= ?::timestamptz"
                                            .formatted(column)
                                    : "")
                            + (block > 0 ? " AND r.ctid >= ?::tid" : ""));
        }
    }

    /**
     * Finds where the rows stand: near the end of the table, and nothing tells where. So they are
     * looked for from behind, and counted.
     */
    private Place place(Changes from, Range range, boolean isShared) throws SQLException {
        Place anywhere = times(from, range);
        if (table.isParted() || !seesAll || isShared) {
            return anywhere;
        }
        long known = from.block() == 0 ? table.blocks() : Math.min(from.block(), table.blocks());
        long back = NEAR;
        while (true) {
            Place near = anywhere.at(Math.max(0, known - back));
            String sql =
                    """
                    SELECT count(*), coalesce(min(r.ctid)::text, '(0,0)') FROM %s r
                    WHERE r.%s IN (SELECT b.loaded_at FROM transform.changes b
                      WHERE b.relation = ? AND b.version > ? AND b.version <= ?)%s
                    """
                            .formatted(
                                    table.name().quoted(),
                                    PageRows.quoted(RowColumns.LOADED_AT),
                                    near.where());
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setString(1, table.name().toString());
                select.setLong(2, from.version());
                select.setLong(3, range.to());
                near.bind(select, 4);
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    if (near.block() == 0 || row.getLong(1) >= range.rows()) {
                        String ctid = row.getString(2);
                        return anywhere.at(Long.parseLong(ctid, 1, ctid.indexOf(','), 10));
                    }
                }
            }
            back *= WIDER;
        }
    }

    private Place times(Changes from, Range range) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT min(b.earliest_event_at)::text, max(b.latest_event_at)::text,
                          coalesce(bool_or(b.rows > 0 AND (b.earliest_event_at IS NULL
                            OR b.latest_event_at IS NULL)), false)
                        FROM transform.changes b
                        WHERE b.relation = ? AND b.version > ? AND b.version <= ?
                        """)) {
            select.setString(1, table.name().toString());
            select.setLong(2, from.version());
            select.setLong(3, range.to());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                boolean isUnknown = row.getBoolean(3) || !table.has(RowColumns.EVENT_AT);
                return Place.of(
                        isUnknown ? null : row.getString(1),
                        isUnknown ? null : row.getString(2),
                        0);
            }
        }
    }

    /** The last row that had room; null if all had, or none if the page is full. */
    private FeedPage.@Nullable Row take(PreparedStatement select) throws SQLException {
        FeedPage.Row last = null;
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (!page.hasRoom()) {
                    return Objects.requireNonNull(last);
                }
                FeedPage.Row row =
                        new FeedPage.Row(
                                Operation.valueOf(rows.getString(3)),
                                rows.getLong(1),
                                rows.getString(2),
                                rows.getString(4),
                                rows.getString(5));
                if (!page.add(row)) {
                    return last;
                }
                last = row;
            }
        }
        return null;
    }
}
