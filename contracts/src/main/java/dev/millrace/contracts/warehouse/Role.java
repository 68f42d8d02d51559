package dev.millrace.contracts.warehouse;

import java.util.Locale;

/** The database roles, one for each kind of work. None of them is a superuser. */
public enum Role {
    /** The ingestion service's own state, in the schema {@code ingestion}. */
    INGESTION,
    /** Lands records and owns the ledger, the quarantine and the schemas of the sources. */
    TRANSFORM,
    /** Runs the users' SQL; reads sources, owns the models, cannot touch ledger or quarantine. */
    MODELS,
    /** The serving service's own state, in the schema {@code serving}. */
    SERVING,
    /** Reads sources and models, writes nothing. */
    READER;

    /** The role's name in PostgreSQL. */
    public String roleName() {
        return "millrace_" + name().toLowerCase(Locale.ROOT);
    }
}
