package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The parts of {@code adapter} that read what a project says of columns, indexes and grants. */
final class StageDefinitions {

    private StageDefinitions() {}

    static @Nullable Object find(String name) {
        return switch (name) {
            case "render_raw_columns_constraints" -> (Invocable) StageDefinitions::columns;
            case "render_raw_model_constraints" -> (Invocable) StageDefinitions::constraints;
            case "parse_index" -> (Invocable) StageDefinitions::index;
            case "standardize_grants_dict" -> (Invocable) StageDefinitions::grants;
            case "get_hard_deletes_behavior" -> (Invocable) StageDefinitions::hardDeletes;
            case "convert_type" -> (Invocable) arguments -> "text";
            default -> null;
        };
    }

    private static Object columns(Arguments arguments) {
        Map<?, ?> columns = (Map<?, ?>) arguments.bind("render", "raw_columns").get("raw_columns");
        ListValue rendered = new ListValue();
        for (Object value : columns.values()) {
            Map<?, ?> column = (Map<?, ?>) value;
            String name = Values.text(Values.of(column.get("name")));
            String text =
                    Boolean.TRUE.equals(column.get("quote")) ? RelationName.quote(name) : name;
            String constraints =
                    column.get("constraints") instanceof List<?> all
                            ? all.stream()
                                    .map(each -> " " + ((Map<?, ?>) each).get("type"))
                                    .map(each -> each.replace("_", " "))
                                    .collect(Collectors.joining())
                            : "";
            rendered.add(text + " " + column.get("data_type") + constraints);
        }
        return rendered;
    }

    private static Object constraints(Arguments arguments) {
        ListValue rendered = new ListValue();
        for (Object value :
                (List<?>) arguments.bind("render", "raw_constraints").get("raw_constraints")) {
            rendered.add("check (" + ((Map<?, ?>) value).get("expression") + ")");
        }
        return rendered;
    }

    private static Object index(Arguments arguments) {
        Map<?, ?> index = (Map<?, ?>) arguments.bind("parse_index", "index").get("index");
        return (HasAttributes)
                name ->
                        switch (name) {
                            case "columns" -> index.get("columns");
                            case "unique" -> Values.of(index.get("unique"));
                            case "type" -> Values.of(index.get("type"));
                            case "render" ->
                                    (Invocable)
                                            relation ->
                                                    "index_"
                                                            + (index.hashCode()
                                                                    & Integer.MAX_VALUE);
                            default -> null;
                        };
    }

    private static Object grants(Arguments arguments) {
        DictValue grants = new DictValue();
        for (Object row : (List<?>) arguments.positional().getFirst()) {
            HasAttributes grant = (HasAttributes) row;
            Object privilege = Values.of(grant.attribute("privilege_type"));
            ListValue grantees = (ListValue) grants.getOrDefault(privilege, new ListValue());
            grantees.add(Values.of(grant.attribute("grantee")));
            grants.put(privilege, grantees);
        }
        return grants;
    }

    private static Object hardDeletes(Arguments arguments) {
        HasAttributes config = (HasAttributes) arguments.positional().getFirst();
        Invocable get = (Invocable) Values.of(config.attribute("get"));
        Object behavior = get.call(Arguments.of("hard_deletes"));
        return behavior == None.NONE ? "ignore" : behavior;
    }
}
