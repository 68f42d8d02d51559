package dev.millrace.transform.model;

import dev.millrace.contracts.project.dbt.DbtTarget;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Filter;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Json;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The names that dbt gives to a model's query. */
final class DbtGlobals implements Globals {

    private static final Logger log = LoggerFactory.getLogger(DbtGlobals.class);

    /** Names of dbt that this version does not have, with what to do without them. */
    private static final Map<String, String> NOT_OFFERED =
            Map.of(
                    "run_query", "queries while compiling are not offered by this version",
                    "statement", "queries while compiling are not offered by this version",
                    "load_result", "queries while compiling are not offered by this version",
                    "doc", "doc blocks are not offered by this version",
                    "graph", "the graph cannot be read from templates in this version",
                    "modules", "Python's modules are not offered by this version",
                    "dbt_utils", "packages are not installed by this version; copy the macro",
                    "dbt_date", "packages are not installed by this version; copy the macro",
                    "dbt", "dbt's cross-database macros are not offered; write PostgreSQL's SQL");

    static final Map<String, Filter> FILTERS =
            Map.of(
                    "as_bool", (value, arguments) -> Values.text(value).equalsIgnoreCase("true"),
                    "as_text", (value, arguments) -> Values.text(value),
                    "as_native", (value, arguments) -> value,
                    "as_number", (value, arguments) -> number(Values.text(value)));

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Macros macros;

    DbtGlobals(ProjectContext project, References references, Subject subject, boolean execute) {
        this.macros = project.macros();
        values.put("ref", (Invocable) arguments -> ref(project, references, arguments));
        values.put("source", (Invocable) arguments -> source(references, arguments));
        values.put("config", new Config(references));
        values.put("var", new Var(project.variables()));
        values.put("env_var", (Invocable) arguments -> envVar(project, arguments));
        values.put("this", subject.relation());
        values.put("model", subject.description());
        values.put("target", target(project.target()));
        values.put("schema", project.target().schema());
        values.put("execute", execute);
        values.put("is_incremental", (Invocable) arguments -> false);
        values.put("should_full_refresh", (Invocable) arguments -> false);
        values.put("log", (Invocable) arguments -> log(subject, arguments));
        values.put("print", (Invocable) arguments -> log(subject, arguments));
        values.put("exceptions", exceptions(subject));
        values.put("adapter", adapter(macros));
        values.put("project_name", project.packageName());
        values.put(project.packageName(), macros.namespace());
        values.put("invocation_id", project.invocation());
        values.put("run_started_at", new PythonTime(project.startedAt()));
        values.put("flags", Values.of(Map.of("FULL_REFRESH", false, "WHICH", "run")));
        values.put("tojson", (Invocable) arguments -> toJson(arguments));
        values.put("set", (Invocable) DbtGlobals::set);
        values.put("local_md5", (Invocable) Md5::of);
        NOT_OFFERED.forEach(
                (name, reason) -> values.putIfAbsent(name, new NotOffered(name, reason)));
    }

    /** The node whose template is rendered. */
    record Subject(String path, Object relation, DictValue description) {}

    @Override
    public @Nullable Object find(String name) {
        Object macro = macros.find(name).<Object>map(found -> found).orElse(null);
        return macro != null ? macro : values.get(name);
    }

    @Override
    public Collection<String> names() {
        Set<String> names = new TreeSet<>(values.keySet());
        names.addAll(macros.names());
        return names;
    }

    private static Object ref(ProjectContext project, References references, Arguments arguments) {
        int count = arguments.positional().size();
        boolean versioned =
                arguments.keywords().containsKey("v")
                        || arguments.keywords().containsKey("version");
        if (count < 1 || count > 2 || versioned) {
            throw new JinjaException(
                    versioned
                            ? "versions of models are not offered by this version"
                            : "ref() takes the name of a model, or a package and a name");
        }
        if (count == 2 && !arguments.positional().getFirst().equals(project.packageName())) {
            throw new JinjaException(
                    "there is no package '"
                            + Values.text(arguments.positional().getFirst())
                            + "' here, only '"
                            + project.packageName()
                            + "'");
        }
        return references.ref(Values.text(arguments.positional().getLast()));
    }

    private static Object source(References references, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("source", "source_name", "table_name");
        return references.source(bound.text("source_name"), bound.text("table_name"));
    }

    private static Object envVar(ProjectContext project, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("env_var", "name", "default");
        String name = bound.text("name");
        ReadableEnvironment environment = project.environment();
        return environment
                .value(name)
                .<Object>map(value -> value)
                .or(() -> bound.find("default"))
                .orElseThrow(
                        () ->
                                new JinjaException(
                                        environment.mayRead(name)
                                                ? "the environment variable " + name + " is not set"
                                                : "models may not read the environment variable "
                                                        + name
                                                        + "; those that begin with DBT_ they may,"
                                                        + " and those named in"
                                                        + " millrace.models.environment"));
    }

    private static DictValue target(DbtTarget target) {
        DictValue dict = new DictValue();
        dict.put("name", target.name());
        dict.put("schema", target.schema());
        dict.put("type", "postgres");
        dict.put("profile_name", target.name());
        dict.put("threads", 4L);
        return dict;
    }

    private static Object log(Subject subject, Arguments arguments) {
        Object message = arguments.bind("log", "msg", "info").get("msg", "");
        log.info("{}: {}", subject.path(), Values.text(message));
        return "";
    }

    private static HasAttributes exceptions(Subject subject) {
        return name ->
                switch (name) {
                    case "raise_compiler_error" ->
                            (Invocable)
                                    arguments -> {
                                        throw new JinjaException(
                                                Values.text(
                                                        arguments
                                                                .bind(name, "msg", "node")
                                                                .get("msg")));
                                    };
                    case "warn" -> (Invocable) arguments -> log(subject, arguments);
                    default -> null;
                };
    }

    private static HasAttributes adapter(Macros macros) {
        return name ->
                switch (name) {
                    case "dispatch" -> macros.dispatch();
                    case "quote" ->
                            (Invocable)
                                    arguments ->
                                            RelationName.quote(
                                                    arguments
                                                            .bind(name, "identifier")
                                                            .text("identifier"));
                    case "type" -> (Invocable) arguments -> "postgres";
                    case "get_columns_in_relation", "get_relation", "execute" ->
                            new NotOffered(
                                    "adapter." + name,
                                    "queries while compiling are not offered by this version");
                    default -> null;
                };
    }

    private static Object toJson(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("tojson", "value", "default", "sort_keys");
        return Json.write(bound.get("value"));
    }

    private static Object set(Arguments arguments) {
        Object items = arguments.bind("set", "items").get("items");
        Collection<Object> distinct = new java.util.LinkedHashSet<>();
        if (items instanceof Collection<?> several) {
            distinct.addAll(several);
        }
        return Values.of(distinct);
    }

    private static Object number(String text) {
        try {
            return text.contains(".") ? (Object) Double.valueOf(text) : (Object) Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new JinjaException("'" + text + "' is no number");
        }
    }

    /** {@code config(…)}, {@code config.get(…)} and {@code config.require(…)}. */
    private record Config(References references) implements Invocable, HasAttributes {

        @Override
        public Object call(Arguments arguments) {
            return references.config(arguments);
        }

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "get" -> (Invocable) this::get;
                case "require" -> (Invocable) this::require;
                default -> null;
            };
        }

        private Object get(Arguments arguments) {
            Arguments.Bound bound = arguments.bind("config.get", "name", "default", "validator");
            Object value = references.setting(bound.text("name"));
            return value == None.NONE ? bound.get("default", None.NONE) : value;
        }

        private Object require(Arguments arguments) {
            Arguments.Bound bound = arguments.bind("config.require", "name", "validator");
            Object value = references.setting(bound.text("name"));
            if (value == None.NONE) {
                throw new JinjaException("the setting '" + bound.text("name") + "' is required");
            }
            return value;
        }
    }

    /** {@code var(…)} and {@code var.has_var(…)}. */
    private record Var(Variables variables) implements Invocable, HasAttributes {

        @Override
        public Object call(Arguments arguments) {
            return variables.call(arguments);
        }

        @Override
        public @Nullable Object attribute(String name) {
            return name.equals("has_var")
                    ? (Invocable)
                            arguments -> variables.has(arguments.bind(name, "name").text("name"))
                    : null;
        }
    }

    /** A name of dbt that only says that it is not offered. */
    private record NotOffered(String name, String reason) implements Invocable, HasAttributes {

        @Override
        public Object call(Arguments arguments) {
            throw new JinjaException("'" + name + "': " + reason);
        }

        @Override
        public @Nullable Object attribute(String attribute) {
            throw new JinjaException("'" + name + "." + attribute + "': " + reason);
        }
    }
}
