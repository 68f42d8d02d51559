package dev.millrace.transform.model.compile;

import dev.millrace.transform.model.manifest.Relation;

import java.util.Optional;

/** Relations that stand for others: rows of a unit test, or what another environment has built. */
@FunctionalInterface
public interface Substitutes {

    Substitutes NONE = id -> Optional.empty();

    /** What stands for a node or source table. */
    Optional<Relation> of(String id);
}
