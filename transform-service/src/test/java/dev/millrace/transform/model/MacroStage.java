package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Settings;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Undefineds;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.DbtSyntax;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage on which templates call the macros of every project, with a real database behind them.
 */
final class MacroStage implements AutoCloseable {

    static final String SCHEMA = "analytics";

    private final Map<String, MacroDefinition> macros;
    private final StageAdapter adapter;
    private final Map<String, Object> globals = new HashMap<>();
    private final Map<String, Object> config = new LinkedHashMap<>();
    private final Map<String, Object> flags = new HashMap<>();
    private final DictValue model = new DictValue();
    private final Map<String, Object> results = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    private MacroStage(StageAdapter adapter) throws Exception {
        this.adapter = adapter;
        this.macros = new LinkedHashMap<>(MacroFiles.byName());
        flags.put("FULL_REFRESH", false);
        flags.put("STORE_FAILURES", false);
        globals.put("adapter", adapter);
        globals.put("execute", true);
        globals.put("flags", (HasAttributes) flags::get);
        globals.put("config", config());
        globals.put("model", model);
        globals.put("target", Values.of(Map.of("name", "dev", "schema", SCHEMA)));
        globals.put("api", api());
        globals.put("exceptions", exceptions());
        globals.put("dbt", (HasAttributes) macros::get);
        globals.put("log", (Invocable) arguments -> "");
        globals.put("write", (Invocable) arguments -> "");
        globals.put("store_result", (Invocable) this::store);
        globals.put(
                "load_result",
                (Invocable)
                        arguments ->
                                results.getOrDefault(
                                        arguments.bind("load_result", "name").text("name"),
                                        None.NONE));
        globals.put("context", (HasAttributes) this::find);
        globals.put("modules", modules());
        globals.put(
                "render", (Invocable) arguments -> Values.text(arguments.positional().getFirst()));
    }

    /** A stage in a warehouse of its own. */
    static MacroStage create() throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        warehouse.execute(Role.MODELS, "create schema " + SCHEMA);
        return new MacroStage(new StageAdapter(warehouse.connection(Role.MODELS)));
    }

    MacroStage with(String name, Object value) {
        globals.put(name, value);
        return this;
    }

    /** Sets what the node's {@code config} holds. */
    MacroStage configured(String name, @Nullable Object value) {
        config.put(name, Values.of(value));
        return this;
    }

    MacroStage flag(String name, Object value) {
        flags.put(name, value);
        return this;
    }

    MacroStage modelled(String name, Object value) {
        model.put(name, Values.of(value));
        return this;
    }

    /** Adds macros of a project, which go before those of every project. */
    MacroStage project(String source) {
        Template.parse("project.sql", source, DbtSyntax.SYNTAX)
                .macros()
                .forEach(macro -> macros.put(macro.name(), macro));
        return this;
    }

    /** Renders a template as a node of its own, which knows no results of others. */
    String render(String template) {
        results.clear();
        Globals names =
                new Globals() {
                    @Override
                    public @Nullable Object find(String name) {
                        return MacroStage.this.find(name);
                    }

                    @Override
                    public Collection<String> names() {
                        return macros.keySet();
                    }
                };
        adapter.dispatchTo(macros);
        return new Rendering(names, Settings.DEFAULT.withUndefineds(Undefineds.CHAINABLE))
                .render(Template.parse("test.sql", template, DbtSyntax.SYNTAX))
                .text()
                .strip();
    }

    /** The same with two more names. */
    String render(String template, String name, Object value, String otherName, Object otherValue) {
        return with(name, value).with(otherName, otherValue).render(template);
    }

    private @Nullable Object find(String name) {
        MacroDefinition macro = macros.get(name);
        return macro != null ? macro : globals.get(name);
    }

    /** The rows of what a template renders to, each with its values as texts joined by bars. */
    List<String> rows(String template) throws SQLException {
        return adapter.rows(render(template));
    }

    /** The first value of what a template renders to. */
    String value(String expression) throws SQLException {
        return rows("select " + expression).getFirst();
    }

    void execute(String sql) throws SQLException {
        adapter.run(sql);
    }

    /** What templates have run, in its order. */
    List<String> executed() {
        return adapter.executed();
    }

    List<String> warnings() {
        return warnings;
    }

    /** {@code modules.datetime.datetime.now().strftime(…)}, which is a new number each time. */
    private static HasAttributes modules() {
        HasAttributes now = name -> (Invocable) arguments -> String.valueOf(System.nanoTime());
        HasAttributes type = name -> (Invocable) arguments -> now;
        HasAttributes module = name -> type;
        return name -> module;
    }

    private HasAttributes api() {
        return name ->
                switch (name) {
                    case "Column" -> new StageColumn.Type();
                    case "Relation" ->
                            (HasAttributes)
                                    method ->
                                            method.equals("create")
                                                    ? (Invocable) StageRelation::create
                                                    : null;
                    default -> null;
                };
    }

    private HasAttributes config() {
        return name ->
                switch (name) {
                    case "get" ->
                            (Invocable)
                                    arguments -> {
                                        var bound = arguments.bind("get", "name", "default");
                                        Object value =
                                                config.getOrDefault(bound.text("name"), None.NONE);
                                        return value == None.NONE
                                                ? bound.get("default", None.NONE)
                                                : value;
                                    };
                    case "persist_relation_docs" -> (Invocable) arguments -> docs("relation");
                    case "persist_column_docs" -> (Invocable) arguments -> docs("columns");
                    default -> null;
                };
    }

    private Object docs(String what) {
        return config.get("persist_docs") instanceof Map<?, ?> docs
                && Boolean.TRUE.equals(docs.get(what));
    }

    private HasAttributes exceptions() {
        return name ->
                switch (name) {
                    case "warn" ->
                            (Invocable)
                                    arguments -> {
                                        warnings.add(
                                                Values.text(arguments.positional().getFirst()));
                                        return "";
                                    };
                    case "raise_contract_error" ->
                            (Invocable)
                                    arguments -> {
                                        throw new JinjaException(
                                                "contract: "
                                                        + Values.text(
                                                                new ListValue(
                                                                        arguments.positional())));
                                    };
                    default ->
                            (Invocable)
                                    arguments -> {
                                        throw new JinjaException(
                                                name + ": " + arguments.positional());
                                    };
                };
    }

    private Object store(Arguments arguments) {
        var bound = arguments.bind("store_result", "name", "response", "agate_table");
        DictValue result = new DictValue();
        result.put("response", bound.get("response"));
        result.put("table", bound.get("agate_table"));
        result.put("data", bound.get("agate_table"));
        results.put(bound.text("name"), result);
        return "";
    }

    @Override
    public void close() throws SQLException {
        adapter.close();
    }
}
