package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** {@code exceptions}: the ways in which a template says that something is wrong. */
record ExceptionsObject(TemplateLog log, String file) implements HasAttributes {

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "warn" -> (Invocable) this::warn;
            case "raise_compiler_error",
                    "raise_parsing_error",
                    "raise_database_error",
                    "raise_not_implemented" ->
                    (Invocable) arguments -> raise(first(arguments));
            case "raise_contract_error" -> (Invocable) this::contract;
            case "raise_invalid_property_yml_version" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "path", "issue");
                                return raise(bound.text("path") + ": " + bound.text("issue"));
                            };
            case "relation_wrong_type" -> (Invocable) this::wrongType;
            case "missing_config" ->
                    (Invocable)
                            arguments ->
                                    raise(
                                            "the setting '"
                                                    + Values.text(arguments.positional().getLast())
                                                    + "' is required");
            case "missing_materialization" ->
                    (Invocable)
                            arguments ->
                                    raise("no materialization of this name: " + first(arguments));
            case "column_type_missing" ->
                    (Invocable)
                            arguments ->
                                    raise(
                                            "a contract needs the data_type of every column; it is"
                                                    + " missing for: "
                                                    + first(arguments));
            case "raise_fail_fast_error" -> (Invocable) arguments -> raise(first(arguments));
            case "warn_snapshot_timestamp_data_types" -> (Invocable) arguments -> "";
            default -> null;
        };
    }

    private static String first(Arguments arguments) {
        return arguments.positional().isEmpty()
                ? arguments.keywords().values().stream()
                        .findFirst()
                        .map(Values::text)
                        .orElse("the template raised an error")
                : Values.text(arguments.positional().getFirst());
    }

    private static Object raise(String message) {
        throw new JinjaException(message.strip());
    }

    private Object warn(Arguments arguments) {
        log.warn(file, first(arguments));
        return "";
    }

    private Object contract(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("raise_contract_error", "yaml_columns", "sql_columns");
        return raise(
                ContractDifference.describe(
                        columns(bound.get("yaml_columns")), columns(bound.get("sql_columns"))));
    }

    private static List<ContractDifference.Typed> columns(Object value) {
        if (!(value instanceof Iterable<?> items)) {
            return List.of();
        }
        List<ContractDifference.Typed> typed = new java.util.ArrayList<>();
        for (Object item : items) {
            if (item instanceof java.util.Map<?, ?> map) {
                typed.add(
                        new ContractDifference.Typed(
                                text(map.get("name")), text(map.get("formatted"))));
            }
        }
        return typed;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : Values.text(value);
    }

    private Object wrongType(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("relation_wrong_type", "relation", "expected_type", "model");
        return raise(
                Values.text(bound.get("relation"))
                        + " is no "
                        + Values.text(bound.get("expected_type", None.NONE))
                        + "; drop or rename what is there, or run with --full-refresh");
    }
}
