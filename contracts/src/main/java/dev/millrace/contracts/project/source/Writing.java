package dev.millrace.contracts.project.source;

import java.util.List;

/**
 * How the records of a stream go into its table.
 *
 * @param primaryKey paths in the payload of the values that tell one row from another; empty for
 *     the fields of the record's own key
 * @param deletes what a delete leaves of a merged row
 * @param generation of the database that the changes come from; a higher one makes all of its
 *     changes newer than those before
 */
public record Writing(
        Disposition disposition, List<List<String>> primaryKey, Deletes deletes, int generation) {

    /** Each record is a row. */
    public static final Writing APPEND =
            new Writing(Disposition.APPEND, List.of(), Deletes.HARD, 1);

    /** Each load's rows take the place of those before. */
    public static final Writing REPLACE =
            new Writing(Disposition.REPLACE, List.of(), Deletes.HARD, 1);

    public Writing {
        primaryKey = primaryKey.stream().map(List::copyOf).toList();
    }

    /** What a record does to the table; dlt's words and meaning. */
    public enum Disposition {
        /** It adds a row. */
        APPEND,
        /** It changes the row of its key. */
        MERGE,
        /** It is a row of a load, which takes the place of the load before once it is complete. */
        REPLACE
    }

    /** What a delete leaves. */
    public enum Deletes {
        /** Nothing. */
        HARD,
        /** The row, with the time of the delete. */
        SOFT,
        /** Every version of the row that there ever was, with its times. */
        HISTORY
    }
}
