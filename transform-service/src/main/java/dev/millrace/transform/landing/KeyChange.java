package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Position;
import dev.millrace.transform.landing.row.Row;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a batch says of one key: its row, or that it was deleted, or both.
 *
 * @param newest the newest change that has the row; null if there is none, or none after the delete
 * @param said the row: what the newest change says, and what it leaves open as older ones say it
 * @param positions of columns that are older than the newest change, by column; null if there are
 *     none. A column that no change says anything of has none there
 * @param delete the newest delete; null if there is none
 */
record KeyChange(
        String id,
        @Nullable Row newest,
        ChangeColumns.Said said,
        @Nullable List<@Nullable Position> positions,
        @Nullable Row delete) {

    private static final Comparator<Row> BY_KEY =
            (one, other) -> {
                int keys = one.id().compareTo(other.id());
                return keys != 0
                        ? keys
                        : one.change().position().compareTo(other.change().position());
            };

    /** What happened to each key, in the order of keys, without what a delete or truncate undid. */
    static List<KeyChange> removing(
            List<Row> changes, ChangeColumns columns, @Nullable Position truncated) {
        return byKey(
                changes,
                ofKey -> {
                    int from = ofKey.size();
                    Row delete = null;
                    while (from > 0 && delete == null && isAfter(ofKey.get(from - 1), truncated)) {
                        from--;
                        delete = hasRow(ofKey.get(from)) ? null : ofKey.get(from);
                    }
                    return of(
                            ofKey.subList(delete == null ? from : from + 1, ofKey.size()),
                            delete,
                            columns);
                });
    }

    /** The same with the rows that a delete marked. */
    static List<KeyChange> marking(List<Row> changes, ChangeColumns columns) {
        return byKey(
                changes,
                ofKey -> {
                    List<Row> rows = ofKey.stream().filter(KeyChange::hasRow).toList();
                    Row delete =
                            ofKey.reversed().stream()
                                    .filter(row -> !hasRow(row))
                                    .findFirst()
                                    .orElse(null);
                    return of(rows, delete, columns);
                });
    }

    /** Each change by itself. */
    static List<KeyChange> versions(List<Row> changes, ChangeColumns columns) {
        List<Row> sorted = new ArrayList<>(changes);
        sorted.sort(BY_KEY);
        List<KeyChange> versions = new ArrayList<>(sorted.size());
        for (Row row : sorted) {
            ChangeColumns.Said said = columns.saidOfVersion(row);
            boolean isRow = hasRow(row);
            versions.add(
                    new KeyChange(
                            row.id(),
                            isRow ? row : null,
                            said,
                            said.isComplete()
                                    ? null
                                    : Arrays.asList(new @Nullable Position[columns.width()]),
                            isRow ? null : row));
        }
        return versions;
    }

    private static List<KeyChange> byKey(
            List<Row> changes, Function<List<Row>, @Nullable KeyChange> reduce) {
        List<Row> sorted = new ArrayList<>(changes);
        sorted.sort(BY_KEY);
        List<KeyChange> reduced = new ArrayList<>(sorted.size());
        int end;
        for (int begin = 0; begin < sorted.size(); begin = end) {
            String id = sorted.get(begin).id();
            end = begin + 1;
            while (end < sorted.size() && sorted.get(end).id().equals(id)) {
                end++;
            }
            KeyChange change = reduce.apply(sorted.subList(begin, end));
            if (change != null) {
                reduced.add(change);
            }
        }
        return reduced;
    }

    private static @Nullable KeyChange of(
            List<Row> rows, @Nullable Row delete, ChangeColumns columns) {
        if (rows.isEmpty()) {
            if (delete == null) {
                return null;
            }
            ChangeColumns.Said said = columns.said(delete);
            columns.keepKey(said);
            return new KeyChange(delete.id(), null, said, null, delete);
        }
        Row newest = rows.getLast();
        ChangeColumns.Said said = columns.said(newest);
        return new KeyChange(
                newest.id(),
                newest,
                said,
                said.isComplete() ? null : filled(said, rows, columns),
                delete);
    }

    private static boolean hasRow(Row row) {
        return row.change().operation().hasRow();
    }

    private static boolean isAfter(Row row, @Nullable Position truncated) {
        return truncated == null || row.change().position().compareTo(truncated) > 0;
    }

    /** The change that came last. */
    Row latest() {
        return Objects.requireNonNull(newest == null ? delete : newest);
    }

    /** Takes what the newest change leaves open from the next older one that says it. */
    private static List<@Nullable Position> filled(
            ChangeColumns.Said said, List<Row> rows, ChangeColumns columns) {
        @Nullable Position[] positions = new Position[columns.width()];
        boolean[] open = new boolean[columns.width()];
        for (int column = 0; column < open.length; column++) {
            open[column] = !said.carried()[column];
        }
        for (int i = rows.size() - 2; i >= 0; i--) {
            ChangeColumns.Said older = columns.said(rows.get(i));
            said.fillExtra(older, rows.get(i).change().position());
            for (int column = 0; column < open.length; column++) {
                if (open[column] && older.carried()[column]) {
                    open[column] = false;
                    said.values()[column] = older.values()[column];
                    positions[column] = rows.get(i).change().position();
                }
            }
        }
        return Arrays.asList(positions);
    }
}
