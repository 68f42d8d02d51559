package dev.millrace.transform.landing.identity;

import dev.millrace.transform.schema.Relation;

/** What this process knows of a table's identities is of another time; it is to be read anew. */
public final class StaleIdentitiesException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Relation relation;

    StaleIdentitiesException(Relation relation) {
        super("what is known of the identities of " + relation + " is no longer so");
        this.relation = relation;
    }

    public Relation relation() {
        return relation;
    }
}
