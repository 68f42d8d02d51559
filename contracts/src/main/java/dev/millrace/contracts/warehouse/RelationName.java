package dev.millrace.contracts.warehouse;

/** A table or view of the warehouse. */
public record RelationName(String schema, String name) implements Comparable<RelationName> {

    /** The name as SQL has it, whatever characters it holds: {@code "web"."order_completed"}. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /** Another relation of the same schema. */
    public RelationName sibling(String other) {
        return new RelationName(schema, other);
    }

    /** An identifier as SQL has it. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public int compareTo(RelationName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    /** Schema and name, unquoted, joined by a dot: as messages call it. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
