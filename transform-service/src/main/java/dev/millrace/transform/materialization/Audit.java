package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;

/** Looks at rows that a build has made, before anybody else sees them. */
@FunctionalInterface
public interface Audit {

    Audit NONE = filled -> {};

    /**
     * Looks at them; if that fails, the relation stays as it was.
     *
     * @param filled where the rows are: the relation under another name, or the relation itself in
     *     a transaction that is not committed yet
     * @throws BuildFailedException if nobody is to see them
     * @throws SQLException if they cannot be looked at
     */
    void look(RelationName filled) throws SQLException, BuildFailedException;
}
