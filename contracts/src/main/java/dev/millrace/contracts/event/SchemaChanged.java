package dev.millrace.contracts.event;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/**
 * The schema of a landed table changed and the change is committed, or somebody has to decide on
 * one, or has rejected it. Topic {@code millrace.schemas}, key {@link #relation()}.
 *
 * @param relation schema and name, unquoted, joined by a dot
 * @param column the column that the change makes; absent for a table
 * @param type the column's type, as PostgreSQL spells it; absent for a table
 * @param origin where in the records the column's values stand
 * @param likelyRenamedFrom a column of the same kind of values that stopped when this one began
 * @param proposal the proposal that was made or decided on; absent where nobody had to decide
 * @param by who decided
 * @param reason why they decided so
 * @param first the record that first needed the change
 * @param dependents what uses the table, or the column where there is one
 * @param revision revision of the project by which it was done
 * @param at when it was written
 */
public record SchemaChanged(
        String relation,
        State state,
        Change change,
        @Nullable String column,
        @Nullable String type,
        @Nullable String origin,
        @Nullable String likelyRenamedFrom,
        @Nullable Long proposal,
        @Nullable String by,
        @Nullable String reason,
        FirstRecord first,
        Dependents dependents,
        String revision,
        Instant at) {

    /** Where a change stands. */
    public enum State {
        /** Records wait for somebody to decide. */
        PROPOSED,
        /** The table has it. */
        MADE,
        /** Somebody does not want it. */
        REJECTED
    }

    /** What a change makes. */
    public enum Change {
        CREATE_TABLE,
        ADD_COLUMN,
        /** A column for values of another type than the column that they belong to. */
        ADD_VARIANT
    }

    /** Where the record stands in Kafka that first needed the change. */
    public record FirstRecord(String topic, int partition, long offset) {}

    /**
     * What uses a table or column.
     *
     * @param models models of the project, by dbt's unique id
     * @param checks tests of the project, as {@code model.column.test}
     * @param cubes cubes and their members
     */
    public record Dependents(List<Use> models, List<Use> checks, List<Use> cubes) {

        /** Nothing is known to use it. */
        public static final Dependents NONE = new Dependents(List.of(), List.of(), List.of());

        public Dependents {
            models = List.copyOf(models);
            checks = List.copyOf(checks);
            cubes = List.copyOf(cubes);
        }
    }

    /** Something that uses a table or column. */
    public record Use(String name, Certainty certainty) {}

    /** How sure it is that something uses a column. */
    public enum Certainty {
        /** Its SQL names it. */
        USES,
        /** It reads all columns, or a model that does. */
        MAY_USE
    }
}
