package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.warehouse.RelationName;

import java.util.HashMap;
import java.util.Map;

/**
 * A table of a model as it was built once, with what belongs to it. The table is known by its oid,
 * as its name tells whether it has its place already.
 *
 * @param definition of the plan that it was built by
 * @param cursors up to where it has each input
 */
record Generation(long number, String definition, long resultOid, Map<String, Cursor> cursors) {

    /** Where partial results, shadows and cursors are. Readers may not use it. */
    static final String SCHEMA = "millrace_live";

    Generation {
        cursors = new HashMap<>(cursors);
    }

    /**
     * Up to where an input's changes are in a table.
     *
     * @param tableOid the input's table
     * @param block from where on later rows stand, as far as that can be told
     */
    record Cursor(long version, long tableOid, long block) {}

    RelationName state() {
        return new RelationName(SCHEMA, "state_" + number);
    }

    /** What is known of an input as it was. */
    RelationName shadow(LiveInput input) {
        return new RelationName(
                SCHEMA, Identifiers.shorten("shadow_%d_%s".formatted(number, input.relation())));
    }

    /** The table's name until it has its place. */
    static RelationName fresh(RelationName target) {
        return target.sibling(Identifiers.shorten(target.name() + "__mr_live"));
    }
}
