package dev.millrace.transform.model.context;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes the columns and constraints of a contract as SQL has them. */
final class Constraints {

    private Constraints() {}

    /** A definition for each column, with its constraints. */
    static Object ofColumns(Arguments arguments) {
        Object columns =
                arguments.bind("render_raw_columns_constraints", "raw_columns").get("raw_columns");
        ListValue definitions = new ListValue();
        Collection<?> all = columns instanceof Map<?, ?> map ? map.values() : Items.of(columns);
        for (Object column : all) {
            if (column instanceof Map<?, ?> map) {
                definitions.add(definition(map));
            }
        }
        return definitions;
    }

    private static String definition(Map<?, ?> column) {
        StringBuilder sql = new StringBuilder();
        String name = text(column.get("name"));
        boolean quoted = column.containsKey("quote") && Values.truth(column.get("quote"));
        sql.append(quoted ? RelationName.quote(name) : name)
                .append(' ')
                .append(text(column.get("data_type")));
        for (Map<?, ?> constraint : constraints(column)) {
            String rendered = ofColumn(constraint);
            if (!rendered.isEmpty()) {
                sql.append(' ').append(rendered);
            }
        }
        return sql.toString();
    }

    private static String ofColumn(Map<?, ?> constraint) {
        String expression = text(constraint.get("expression"));
        String name = named(constraint);
        String rest = expression.isEmpty() ? "" : " " + expression;
        return switch (text(constraint.get("type"))) {
            case "not_null" -> name + "not null" + rest;
            case "unique" -> name + "unique" + rest;
            case "primary_key" -> name + "primary key" + rest;
            case "check" -> expression.isEmpty() ? "" : name + "check (" + expression + ")";
            case "foreign_key" -> {
                String to = text(constraint.get("to"));
                yield to.isEmpty()
                        ? expression.isEmpty() ? "" : name + "references " + expression
                        : name + "references " + to + columns(constraint.get("to_columns"));
            }
            case "custom" -> expression;
            default -> "";
        };
    }

    /** The constraints of the whole table. */
    static Object ofModel(Arguments arguments) {
        Object raw =
                arguments
                        .bind("render_raw_model_constraints", "raw_constraints")
                        .get("raw_constraints");
        ListValue rendered = new ListValue();
        for (Object item : Items.of(raw)) {
            if (item instanceof Map<?, ?> constraint) {
                String sql = ofModel(constraint);
                if (!sql.isEmpty()) {
                    rendered.add(sql);
                }
            }
        }
        return rendered;
    }

    private static String ofModel(Map<?, ?> constraint) {
        String expression = text(constraint.get("expression"));
        String name = named(constraint);
        String columns = columns(constraint.get("columns"));
        String rest = expression.isEmpty() ? "" : " " + expression;
        return switch (text(constraint.get("type"))) {
            case "check" -> expression.isEmpty() ? "" : name + "check (" + expression + ")";
            case "unique" -> name + "unique" + columns + rest;
            case "primary_key" -> name + "primary key" + columns + rest;
            case "foreign_key" -> {
                String to = text(constraint.get("to"));
                yield to.isEmpty()
                        ? expression.isEmpty()
                                ? ""
                                : name + "foreign key" + columns + " references " + expression
                        : name
                                + "foreign key"
                                + columns
                                + " references "
                                + to
                                + columns(constraint.get("to_columns"));
            }
            case "custom" -> name + expression;
            default -> "";
        };
    }

    private static String named(Map<?, ?> constraint) {
        String name = text(constraint.get("name"));
        return name.isEmpty() ? "" : "constraint " + name + " ";
    }

    private static String columns(@Nullable Object columns) {
        if (columns == null || columns == None.NONE) {
            return "";
        }
        List<String> names = new ArrayList<>();
        Items.of(columns).forEach(column -> names.add(Values.text(column)));
        return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
    }

    private static List<Map<?, ?>> constraints(Map<?, ?> column) {
        List<Map<?, ?>> constraints = new ArrayList<>();
        if (column.get("constraints") instanceof Collection<?> items) {
            for (Object item : items) {
                if (item instanceof Map<?, ?> map) {
                    constraints.add(map);
                }
            }
        }
        return constraints;
    }

    private static String text(@Nullable Object value) {
        return value == null || value == None.NONE ? "" : Values.text(value);
    }
}
