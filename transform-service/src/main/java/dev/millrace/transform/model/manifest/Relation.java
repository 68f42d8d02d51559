package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of a table or view as SQL and templates have it.
 *
 * @param database null where it is left out
 * @param schema null where it is left out
 * @param identifier null for a schema as such
 * @param quoting which parts are quoted
 * @param type {@code table}, {@code view}, {@code materialized_view} or {@code cte}; null where
 *     nobody looked
 * @param limit rows that a reader gets to see; null for all
 * @param window the time of the rows that a reader gets to see; null for any
 */
public record Relation(
        @Nullable String database,
        @Nullable String schema,
        @Nullable String identifier,
        Quoting quoting,
        @Nullable String type,
        @Nullable Integer limit,
        @Nullable EventWindow window) {

    private static final String CTE_PREFIX = "__dbt__cte__";

    /** A relation whose rows may be of any time. */
    public Relation(
            @Nullable String database,
            @Nullable String schema,
            @Nullable String identifier,
            Quoting quoting,
            @Nullable String type,
            @Nullable Integer limit) {
        this(database, schema, identifier, quoting, type, limit, null);
    }

    public static Relation of(
            @Nullable String database,
            @Nullable String schema,
            @Nullable String identifier,
            Quoting quoting) {
        return new Relation(database, schema, identifier, quoting, null, null);
    }

    /** The query of an ephemeral model, under the name that it has in those that use it. */
    public static Relation cte(Node model) {
        String alias = model.relation().identifier();
        return cte(alias == null ? model.name() : alias);
    }

    /** Rows that stand for those of a model. */
    public static Relation cte(String model) {
        return new Relation(
                null, null, CTE_PREFIX + model, new Quoting(true, true, false), "cte", null);
    }

    public Relation ofType(@Nullable String newType) {
        return new Relation(database, schema, identifier, quoting, newType, limit, window);
    }

    public Relation limitedTo(@Nullable Integer rows) {
        return new Relation(database, schema, identifier, quoting, type, rows, window);
    }

    public Relation withIdentifier(@Nullable String other) {
        return new Relation(database, schema, other, quoting, type, limit, window);
    }

    /** The same with the rows of some time only; null for any. */
    public Relation during(@Nullable EventWindow time) {
        return new Relation(database, schema, identifier, quoting, type, limit, time);
    }

    /** Schema and name, as the warehouse has them. */
    public RelationName name() {
        return new RelationName(
                schema == null ? "" : folded(schema, quoting.schema()),
                identifier == null ? "" : folded(identifier, quoting.identifier()));
    }

    /** PostgreSQL reads a name without quotes in small letters. */
    private static String folded(String part, boolean quoted) {
        return quoted ? part : part.toLowerCase(java.util.Locale.ROOT);
    }

    /** The name as SQL has it, with what limits its rows. */
    public String render() {
        if (limit == null && window == null) {
            return path();
        }
        String condition =
                window == null
                        ? ""
                        : " where " + window.condition() + (isEmpty() ? " and false" : "");
        return "(select * from "
                + path()
                + (condition.isEmpty() && isEmpty() ? " where false" : condition)
                + (limit == null ? "" : " limit " + limit)
                + ")";
    }

    private boolean isEmpty() {
        return limit != null && limit == 0;
    }

    /** The name as SQL has it. */
    public String path() {
        List<String> parts = new ArrayList<>();
        add(parts, database, quoting.database());
        add(parts, schema, quoting.schema());
        add(parts, identifier, quoting.identifier());
        return String.join(".", parts);
    }

    private static void add(List<String> parts, @Nullable String part, boolean quoted) {
        if (part != null) {
            parts.add(quoted ? RelationName.quote(part) : part);
        }
    }

    @Override
    public String toString() {
        return render();
    }
}
