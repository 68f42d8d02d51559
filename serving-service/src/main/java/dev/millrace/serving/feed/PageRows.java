package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.serving.feed.FeedPage.Operation;

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
    private long used;

    PageRows(int limit, long bytes) {
        this.limit = limit;
        this.bytes = bytes;
    }

    /** Whether another row fits. A page holds one at least, however large it is. */
    boolean hasRoom() {
        return rows.size() < limit && (rows.isEmpty() || used < bytes);
    }

    int left() {
        return limit - rows.size();
    }

    List<FeedPage.Row> rows() {
        return rows;
    }

    void add(FeedPage.Row row) {
        rows.add(row);
        used += OVERHEAD + length(row.key()) + length(row.row());
    }

    private static int length(@Nullable String text) {
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
