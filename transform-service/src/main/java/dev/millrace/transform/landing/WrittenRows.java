package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.schema.Relation;

import java.time.Instant;
import java.util.List;

/**
 * The rows that a batch wrote into a table, for those who follow it.
 *
 * @param isAdded whether each of them is a row, and not a change of the row of its key
 */
record WrittenRows(List<Row> rows, boolean isAdded) {

    static WrittenRows none() {
        return new WrittenRows(List.of(), true);
    }

    static WrittenRows added(List<Row> rows) {
        return new WrittenRows(rows, true);
    }

    static WrittenRows changed(List<Row> rows) {
        return new WrittenRows(rows, false);
    }

    ChangeBatches.Rows in(Relation relation) {
        RelationName name = new RelationName(relation.schema(), relation.name());
        if (rows.isEmpty()) {
            return new ChangeBatches.Rows(name, 0, null, null, isAdded ? null : List.of());
        }
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        boolean isTruncated = false;
        for (Row row : rows) {
            earliest = Math.min(earliest, row.eventAt());
            latest = Math.max(latest, row.eventAt());
            isTruncated |= row.isTruncate();
        }
        Instant from = Times.instant(earliest);
        Instant to = Times.instant(latest);
        if (isAdded) {
            return new ChangeBatches.Rows(
                    name, rows.size(), from, to, null, rows.stream().map(Row::id).toList());
        }
        // Of a truncate nobody knows which rows it takes away.
        return new ChangeBatches.Rows(
                name,
                0,
                from,
                to,
                isTruncated ? null : rows.stream().map(Row::id).distinct().toList());
    }
}
