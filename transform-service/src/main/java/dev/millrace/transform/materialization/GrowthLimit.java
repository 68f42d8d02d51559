package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.util.Set;

/**
 * How many rows a query may give: the limit against the join that pairs every row with every other.
 */
public sealed interface GrowthLimit {

    GrowthLimit NONE = new None();

    /** Any number. */
    record None() implements GrowthLimit {}

    /**
     * So many.
     *
     * @param rows at least 0
     */
    record Fixed(long rows) implements GrowthLimit {}

    /**
     * So many that it can hardly be meant, measured by what the query reads and what it gave
     * before.
     *
     * @param inputs tables that it reads, directly or through views; any number of rows is right if
     *     there are none
     */
    record ByInputs(Set<RelationName> inputs) implements GrowthLimit {

        public ByInputs {
            inputs = Set.copyOf(inputs);
        }
    }
}
