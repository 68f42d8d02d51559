package dev.millrace.transform.run.node;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.GrowthLimit;
import dev.millrace.transform.model.compile.Substitutes;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.SourceTable;

import java.util.HashSet;
import java.util.Set;

/** Finds how many rows a model may give: its setting, or what it reads. */
final class Growth {

    private static final String SETTING = "growth_limit";

    private final Manifest manifest;

    Growth(Manifest manifest) {
        this.manifest = manifest;
    }

    /**
     * The limit of a node.
     *
     * @throws BuildFailedException if its setting says nothing that can be understood
     */
    GrowthLimit of(Attempt attempt) throws BuildFailedException {
        NodeSettings settings = attempt.node().settings();
        if (settings.has(SETTING)) {
            // Who writes none without quotes means the same as who writes it with them.
            return set(settings.text(SETTING, "none"));
        }
        Inputs inputs = new Inputs(attempt.compiler().substitutes());
        inputs.of(attempt.node());
        return inputs.unknown ? GrowthLimit.NONE : new GrowthLimit.ByInputs(inputs.tables);
    }

    private static GrowthLimit set(String setting) throws BuildFailedException {
        if (setting.equalsIgnoreCase("none")) {
            return GrowthLimit.NONE;
        }
        if (setting.matches("\\d{1,18}")) {
            return new GrowthLimit.Fixed(Long.parseLong(setting));
        }
        throw new BuildFailedException(
                "'growth_limit' is a number of rows, such as 50000000, or none, not '"
                        + setting
                        + "'");
    }

    /** The tables that a node reads, also through views and ephemeral models. */
    private final class Inputs {

        private final Substitutes substitutes;
        private final Set<String> seen = new HashSet<>();
        private final Set<RelationName> tables = new HashSet<>();
        private boolean unknown;

        Inputs(Substitutes substitutes) {
            this.substitutes = substitutes;
        }

        void of(Node node) {
            // What reads nothing may give any number of rows, such as all days of a century.
            unknown |= node.parents().isEmpty();
            for (String id : node.parents()) {
                if (seen.add(id)) {
                    parent(id);
                }
            }
        }

        private void parent(String id) {
            Node node = manifest.nodes().get(id);
            SourceTable source = manifest.sources().get(id);
            if (node != null && node.holdsNoRows()) {
                of(node);
            } else if (node != null) {
                add(id, node.relation());
            } else if (source != null) {
                add(id, source.relation());
            } else {
                unknown = true;
            }
        }

        private void add(String id, Relation own) {
            tables.add(substitutes.of(id).orElse(own).name());
        }
    }
}
