package dev.millrace.transform.model;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides schema and name of a node, by dbt's rule or by the macros that a project overrides it
 * with.
 */
final class Naming {

    private final ProjectContext context;

    Naming(ProjectContext context) {
        this.context = context;
    }

    RelationName relation(
            @Nullable String schema, @Nullable String alias, String name, DictValue node) {
        return new RelationName(schema(schema, node), identifier(alias, name, node));
    }

    private String schema(@Nullable String custom, DictValue node) {
        MacroDefinition macro = context.macros().find("generate_schema_name").orElse(null);
        if (macro != null) {
            return checked(call(macro, custom, node), "generate_schema_name", macro);
        }
        String own = context.target().schema();
        return custom == null ? own : own + "_" + custom.strip();
    }

    private String identifier(@Nullable String alias, String name, DictValue node) {
        MacroDefinition macro = context.macros().find("generate_alias_name").orElse(null);
        if (macro != null) {
            return checked(call(macro, alias, node), "generate_alias_name", macro);
        }
        return checkedLength(alias == null ? name : alias.strip());
    }

    private String call(MacroDefinition macro, @Nullable String argument, DictValue node) {
        Object result =
                new Rendering(globals())
                        .call(macro, Arguments.of(argument == null ? None.NONE : argument, node));
        return String.valueOf(result).strip();
    }

    private static String checked(String name, String macro, MacroDefinition definition) {
        if (name.isEmpty()) {
            throw new JinjaException(
                    "the macro " + macro + " at " + definition.place() + " gives an empty name");
        }
        return checkedLength(name);
    }

    private static String checkedLength(String name) {
        if (!Identifiers.shorten(name).equals(name)) {
            throw new JinjaException(
                    "the name '"
                            + name
                            + "' is longer than PostgreSQL's 63 bytes; give it an alias");
        }
        return name;
    }

    /** A setting of a YAML file: text with Jinja in it is rendered, anything else stays. */
    Object rendered(Object value) {
        return switch (value) {
            case String text when text.contains("{{") || text.contains("{%") -> {
                String result =
                        new Rendering(globals())
                                .render(Template.parse("dbt_project.yml", text, Syntax.JINJA))
                                .text();
                yield switch (result.strip()) {
                    case "True", "true" -> true;
                    case "False", "false" -> false;
                    default -> result;
                };
            }
            case Map<?, ?> map -> {
                Map<Object, Object> rendered = new LinkedHashMap<>();
                map.forEach(
                        (key, item) -> {
                            if (item != null) {
                                rendered.put(key, rendered(item));
                            }
                        });
                yield rendered;
            }
            case Collection<?> items ->
                    items.stream().filter(item -> item != null).map(this::rendered).toList();
            default -> value;
        };
    }

    private Globals globals() {
        References none = new NoReferences();
        DictValue nothing = new DictValue();
        return new DbtGlobals(
                context,
                none,
                new DbtGlobals.Subject("dbt_project.yml", None.NONE, nothing),
                false);
    }

    /** Names and settings are made before there is anything to refer to. */
    private static final class NoReferences implements References {

        @Override
        public Object ref(String name) {
            throw new JinjaException("ref() cannot be used here");
        }

        @Override
        public Object source(String source, String table) {
            throw new JinjaException("source() cannot be used here");
        }

        @Override
        public Object config(Arguments arguments) {
            throw new JinjaException("config() cannot be used here");
        }

        @Override
        public Object setting(String name) {
            return None.NONE;
        }
    }
}
