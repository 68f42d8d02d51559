package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Template;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model, seed, snapshot, test, analysis or hook: what has code or rows of its own.
 *
 * @param id dbt's unique id, for example {@code model.shop.orders}
 * @param path its file, relative to the directory that it was found in
 * @param file its file, relative to its package, as dbt's {@code original_file_path}
 * @param position where it is written, relative to the project, for mistakes
 * @param fqn package, directories and name
 * @param code its code as it is written
 * @param checksum hash of the code, by which changes are found
 * @param template its code; empty for a seed
 * @param settings its settings, all levels put together
 * @param relation what it is in the warehouse
 * @param properties what properties files say of it
 * @param dependencies what it reads and calls
 * @param test what a generic test is an instance of; null for others
 */
public record Node(
        String id,
        ResourceType type,
        String packageName,
        String name,
        String path,
        String file,
        Position position,
        List<String> fqn,
        String code,
        String checksum,
        Template template,
        NodeSettings settings,
        Relation relation,
        NodeProperties properties,
        Dependencies dependencies,
        @Nullable TestDetail test)
        implements Step {

    public Node {
        fqn = List.copyOf(fqn);
    }

    /**
     * What a node reads and calls.
     *
     * @param refs arguments of each reference to a node, in their order
     * @param sources source and table of each reference to a table
     * @param nodes ids of the nodes and source tables that these are
     * @param macros ids of the macros that its code calls
     */
    public record Dependencies(
            List<Ref> refs, List<List<String>> sources, List<String> nodes, Set<String> macros) {

        public static final Dependencies NONE =
                new Dependencies(List.of(), List.of(), List.of(), Set.of());

        public Dependencies {
            refs = List.copyOf(refs);
            sources = List.copyOf(sources);
            nodes = List.copyOf(nodes);
            macros = Set.copyOf(macros);
        }
    }

    /** What one {@code ref} asks for. */
    public record Ref(@Nullable String packageName, String name, @Nullable String version) {}

    /** Ids of the nodes and source tables that it reads. */
    public List<String> parents() {
        return dependencies.nodes();
    }

    public String materialized() {
        return settings.materialized();
    }

    public boolean isEphemeral() {
        return type == ResourceType.MODEL && materialized().equals("ephemeral");
    }

    /** Whether its rows are those of what it reads, and it keeps none itself. */
    public boolean holdsNoRows() {
        return materialized().equals("view") || isEphemeral();
    }

    /** Whether there is something in the warehouse to build. */
    public boolean isBuilt() {
        return type.isReferable() && !isEphemeral();
    }

    /** Whether a run has anything to do for it. */
    public boolean isRun() {
        return settings.enabled() && !isEphemeral() && (isBuilt() || isTest());
    }

    public RelationName relationName() {
        return relation.name();
    }

    public Map<String, Column> columns() {
        return properties.columns();
    }

    /** The version of a model that has several; null for others. */
    public @Nullable String version() {
        return properties.version();
    }
}
