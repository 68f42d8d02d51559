package dev.millrace.transform.model;

import dev.millrace.contracts.project.dbt.NodeProperties;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Template;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model or seed that is to be built.
 *
 * @param id dbt's unique id, for example {@code model.shop.orders}
 * @param name name by which others refer to it
 * @param path its file, relative to the project
 * @param fqn project, directories and name
 * @param template its query; that of a seed is empty
 * @param settings its settings
 * @param relation what it is in the warehouse
 * @param description what its properties file says of it
 * @param columns what its properties file says of its columns
 * @param parents ids of the nodes and source tables that it reads
 */
public record Node(
        String id,
        String name,
        String path,
        List<String> fqn,
        Template template,
        Settings settings,
        RelationName relation,
        String description,
        List<NodeProperties.Column> columns,
        Set<String> parents) {

    public Node {
        fqn = List.copyOf(fqn);
        columns = List.copyOf(columns);
        parents = Set.copyOf(parents);
    }

    /** {@code model} or {@code seed}, as selections and artifacts call it. */
    public String resourceType() {
        return settings.materialized() == Materialized.SEED ? "seed" : "model";
    }

    /** Whether there is something in the warehouse to build. */
    public boolean isBuilt() {
        return settings.materialized() != Materialized.EPHEMERAL;
    }

    /**
     * A statement of the user's.
     *
     * @param inTransaction whether it runs in a transaction with what it stands beside
     */
    public record Hook(String sql, boolean inTransaction) {}

    /**
     * Settings by which a node is built.
     *
     * @param tags in the order in which they were given
     * @param all every setting, by name
     */
    public record Settings(
            Materialized materialized,
            boolean enabled,
            List<String> tags,
            List<Hook> preHooks,
            List<Hook> postHooks,
            Map<String, Object> all) {

        public Settings {
            tags = List.copyOf(tags);
            preHooks = List.copyOf(preHooks);
            postHooks = List.copyOf(postHooks);
            all = Map.copyOf(all);
        }
    }
}
