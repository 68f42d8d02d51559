package dev.millrace.serving.query;

import dev.millrace.contracts.warehouse.RelationName;

import java.time.Instant;

/**
 * The rollup that a query was answered from.
 *
 * @param updatedAt when changes were last taken in
 */
record UsedRollup(String id, RelationName relation, Instant updatedAt) {

    static UsedRollup of(RollupStates.Standing standing) {
        return new UsedRollup(
                standing.rollup().id(), standing.rollup().relation(), standing.updatedAt());
    }
}
