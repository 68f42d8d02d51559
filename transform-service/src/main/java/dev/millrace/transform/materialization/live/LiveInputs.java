package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;

/** What is known of the tables that a query may read. */
@FunctionalInterface
interface LiveInputs {

    /**
     * The table of a name.
     *
     * @throws UnfitInputException if there is none, or none that a live model can follow
     */
    LiveInput find(RelationName relation) throws UnfitInputException;

    /** A relation that a live model cannot follow; the message says why, and what to do. */
    final class UnfitInputException extends Exception {
        UnfitInputException(String message) {
            super(message);
        }
    }
}
