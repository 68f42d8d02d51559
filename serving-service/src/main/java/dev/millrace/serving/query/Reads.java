package dev.millrace.serving.query;

import java.util.List;

/**
 * What the queries of a request read.
 *
 * @param relations all of them, those behind views and in functions too
 * @param keeping how long the answer stays true while none of them changes
 */
record Reads(List<ReadRelation> relations, Keeping keeping) {

    /** How long an answer stays true. */
    enum Keeping {
        /** As long as nothing that it was read from changes. */
        WHILE_UNCHANGED,
        /** It depends on what time it is, too. */
        BRIEFLY,
        /** Nobody knows. */
        NOT
    }

    /** Of queries that nothing is known of. */
    static final Reads UNKNOWN = new Reads(List.of(), Keeping.NOT);

    Reads {
        relations = List.copyOf(relations);
    }
}
