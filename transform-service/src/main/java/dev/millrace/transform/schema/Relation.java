package dev.millrace.transform.schema;

/** A table's schema and name, as they are, not quoted. */
public record Relation(String schema, String name) implements Comparable<Relation> {

    /** Schema and name joined by a dot, as messages and endpoints call it. */
    public String qualified() {
        return schema + "." + name;
    }

    /** As it stands in SQL. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /** Any name as an identifier of SQL. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public int compareTo(Relation other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return qualified();
    }
}
