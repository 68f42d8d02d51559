package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;

import org.jspecify.annotations.Nullable;

/**
 * What {@code ref()}, {@code source()} and {@code this} give: prints as the quoted name.
 *
 * @param text how it prints
 * @param name the relation
 * @param type {@code view}, {@code table} or {@code cte}
 */
record Relation(String text, RelationName name, String type) implements HasAttributes {

    static Relation of(RelationName name, String type) {
        return new Relation(name.quoted(), name, type);
    }

    @Override
    public @Nullable Object attribute(String attribute) {
        return switch (attribute) {
            case "schema" -> name.schema();
            case "identifier", "name", "table" -> name.name();
            case "type" -> type;
            case "is_table" -> type.equals("table");
            case "is_view" -> type.equals("view");
            case "is_cte" -> type.equals("cte");
            case "render" -> (Invocable) arguments -> text;
            case "include", "quote" -> (Invocable) arguments -> this;
            default -> null;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
