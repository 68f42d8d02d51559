package dev.millrace.transform.model.compile;

import dev.millrace.transform.model.manifest.EventWindow;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;

import java.util.Optional;

/** Relations that stand for others: rows of a unit test, or what another environment has built. */
@FunctionalInterface
public interface Substitutes {

    Substitutes NONE = id -> Optional.empty();

    /** What stands for a node or source table. */
    Optional<Relation> of(String id);

    /** Which rows of an ephemeral model are read; those of any time unless there is one. */
    default Optional<EventWindow> windowOf(Node ephemeral) {
        return Optional.empty();
    }

    /** What stands for the relations that ephemeral models read. */
    default Substitutes withinEphemerals() {
        return this;
    }
}
