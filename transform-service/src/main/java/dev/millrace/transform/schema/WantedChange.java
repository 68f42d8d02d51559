package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged.Change;

import java.util.Comparator;
import java.util.List;

/**
 * A change of a table that records need and somebody has to decide on.
 *
 * @param columns the column to add, or those that a new table begins with
 * @param first the record that first needs it
 */
public record WantedChange(
        Key key, TableKind kind, List<NeededColumn> columns, RecordPosition first) {

    public WantedChange {
        columns = List.copyOf(columns);
    }

    /**
     * What is changed: the same again is the same change.
     *
     * @param column empty for a table
     */
    public record Key(Relation relation, Change change, String column) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::relation)
                        .thenComparing(Key::change)
                        .thenComparing(Key::column);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** A column that a table lacks. */
    public static WantedChange of(Relation relation, TableKind kind, NeededColumn column) {
        return new WantedChange(
                new Key(relation, column.change(), column.name()),
                kind,
                List.of(column),
                column.first());
    }

    /** A table that is not there, with the columns that it begins with. */
    public static WantedChange table(
            Relation relation, TableKind kind, List<NeededColumn> columns, RecordPosition first) {
        return new WantedChange(new Key(relation, Change.CREATE_TABLE, ""), kind, columns, first);
    }

    /** What it is, for people. */
    public String words() {
        return key.change() == Change.CREATE_TABLE
                ? "the new table " + key.relation()
                : "the new column %s %s of %s"
                        .formatted(key.column(), columns.getFirst().type().sql(), key.relation());
    }
}
