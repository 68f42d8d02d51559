package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;

/** Looks after tables that follow their queries by themselves once a run has asked for them. */
public interface LiveTables {

    /**
     * Has a table follow its query from now on, and waits until it has all that there is.
     *
     * @param model names it, whatever its relation is called
     * @param anew whether to build it from nothing although its query is the same
     * @throws ModelSqlException if PostgreSQL refuses the query
     * @throws BuildFailedException if it cannot be live, or fails
     */
    Built follow(Session session, String model, Build build, Anew anew)
            throws SQLException, ModelSqlException, BuildFailedException;

    /**
     * Has nobody follow a table any more, as something else is to have its name; returns when that
     * is so.
     */
    void leave(Session session, RelationName relation) throws SQLException;

    /** When a table is built from nothing. */
    enum Anew {
        IF_NEEDED,
        ALWAYS
    }

    /** Where nobody looks after tables: they are built once, as others are. */
    LiveTables NONE =
            new LiveTables() {
                @Override
                public Built follow(Session session, String model, Build build, Anew anew) {
                    throw new IllegalStateException(
                            "nobody keeps " + build.target() + " up to date here");
                }

                @Override
                public void leave(Session session, RelationName relation) {}
            };
}
