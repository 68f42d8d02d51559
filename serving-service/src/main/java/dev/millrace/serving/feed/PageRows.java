package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.serving.feed.FeedPage.Operation;
import dev.millrace.serving.query.RelationReads;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Rows of a page, as long as there is room. */
final class PageRows {

    /** What a row takes beside what it holds. */
    private static final int OVERHEAD = 100;

    /** So few are read ahead that large ones fit into memory. */
    static final int FETCHED = 50;

    private final int limit;
    private final long bytes;
    private final List<FeedPage.Row> rows = new ArrayList<>();
    private final RelationReads.Room room;
    private long used;
    private boolean isFull;

    PageRows(int limit, long bytes, RelationReads.Room room) {
        this.limit = limit;
        this.bytes = bytes;
        this.room = room;
    }

    /** Whether another row fits. A page holds one at least, however large it is. */
    boolean hasRoom() {
        return !isFull && rows.size() < limit && (rows.isEmpty() || used < bytes);
    }

    /** Whether a row was left out as there was no memory for it. */
    boolean isFull() {
        return isFull;
    }

    int left() {
        return limit - rows.size();
    }

    List<FeedPage.Row> rows() {
        return rows;
    }

    /**
     * Whether the row was added: there may be no memory for it, and then the page ends before it.
     *
     * @throws FeedRefusedException if it would have been the first
     */
    boolean add(FeedPage.Row row) {
        long size = OVERHEAD + length(row.key()) + length(row.row());
        if (!room.take(size)) {
            if (rows.isEmpty()) {
                throw new FeedRefusedException(
                        FeedRefusedException.Reason.LATER,
                        "There is no room for a row of %d characters among the results that are held; try again in a moment"
                                .formatted(size));
            }
            isFull = true;
            return false;
        }
        rows.add(row);
        used += size;
        return true;
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** SQL that tells what a row of a table is told as. */
    static String operation(FeedTable table) {
        if (table.form() != FeedTable.Form.KEYED) {
            return literal(Operation.INSERT);
        }
        String marked =
                table.isMarked()
                        ? " WHEN r.%s IS NOT NULL THEN %s"
                                .formatted(
                                        quoted(RowColumns.PREFIX + "deleted_at"),
                                        literal(Operation.DELETE))
                        : "";
        return "CASE WHEN r.%s IS NULL THEN %s%s ELSE %s END"
                .formatted(
                        quoted(RowColumns.ID),
                        literal(Operation.DELETE),
                        marked,
                        literal(Operation.UPSERT));
    }

    private static String literal(Operation operation) {
        return "'" + operation.name() + "'";
    }

    static String quoted(String column) {
        return RelationName.quote(column);
    }
}
