package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;

import java.util.List;

/** PostgreSQL refuses these rows for what is in them, and would again. */
final class BadRowsException extends Exception {

    private final transient Relation relation;
    private final transient List<BadRow> rows;

    BadRowsException(Relation relation, List<BadRow> rows) {
        super(rows.size() + " rows of " + relation + " were refused by PostgreSQL");
        this.relation = relation;
        this.rows = rows;
    }

    /** A row, PostgreSQL's words about it, and the constraint that it breaks, or nothing. */
    record BadRow(Row row, String detail, String constraint) {}

    Relation relation() {
        return relation;
    }

    List<BadRow> rows() {
        return rows;
    }
}
