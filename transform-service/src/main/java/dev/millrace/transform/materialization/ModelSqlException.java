package dev.millrace.transform.materialization;

import java.sql.SQLException;

/** PostgreSQL refused the SQL of a model. */
public final class ModelSqlException extends Exception {

    private final int offset;

    /**
     * @param offset where in the model's SQL, from 0; -1 if that is not known
     */
    public ModelSqlException(SQLException cause, int offset) {
        super(Session.problem(cause), cause);
        this.offset = offset;
    }

    /** Where in the model's SQL, from 0; -1 if PostgreSQL did not say. */
    public int offset() {
        return offset;
    }
}
