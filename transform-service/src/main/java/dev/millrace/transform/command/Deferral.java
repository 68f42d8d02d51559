package dev.millrace.transform.command;

import dev.millrace.transform.materialization.ExistingRelations;
import dev.millrace.transform.model.compile.Substitutes;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.select.PreviousState;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Relations of another environment that stand for what is neither selected nor built here. */
final class Deferral {

    private final Manifest manifest;
    private final @Nullable PreviousState state;
    private final boolean favored;

    /**
     * @param state what another environment has; null to read everything here
     * @param favored whether it goes before what is built here
     */
    Deferral(Manifest manifest, @Nullable PreviousState state, boolean favored) {
        this.manifest = manifest;
        this.state = state;
        this.favored = favored;
    }

    /** What stands for what, in a run of these nodes. */
    Substitutes among(Connections connections, Set<String> selected) throws SQLException {
        if (state == null) {
            return Substitutes.NONE;
        }
        Map<String, Relation> others = new HashMap<>();
        for (Node node : manifest.nodes().values()) {
            if (node.isBuilt() && !selected.contains(node.id())) {
                relation(state, node.id()).ifPresent(other -> others.put(node.id(), other));
            }
        }
        if (!favored) {
            others.keySet().removeAll(built(connections, others.keySet()));
        }
        return id -> Optional.ofNullable(others.get(id));
    }

    /** What the other environment has built for a node. */
    static Optional<Relation> relation(PreviousState state, String id) {
        return state.relation(id)
                .map(
                        built ->
                                Relation.of(
                                        built.database(),
                                        built.schema(),
                                        built.alias(),
                                        Quoting.ALL));
    }

    /** Which of these are there in this environment. */
    private Set<String> built(Connections connections, Set<String> ids) throws SQLException {
        Map<String, String> byName = new HashMap<>();
        for (String id : ids) {
            Node node = manifest.nodes().get(id);
            if (node != null) {
                byName.put(node.relationName().quoted(), id);
            }
        }
        Set<String> there = new HashSet<>();
        try (Connection connection = connections.connection()) {
            ExistingRelations.among(byName.keySet(), connection)
                    .forEach(name -> there.add(byName.getOrDefault(name, "")));
        }
        return there;
    }
}
