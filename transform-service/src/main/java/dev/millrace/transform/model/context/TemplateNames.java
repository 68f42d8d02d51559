package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Settings;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Undefineds;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.python.DateTimeValue;
import dev.millrace.transform.model.python.PythonModules;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The names that dbt gives to one node's templates. */
public final class TemplateNames implements Globals {

    /**
     * What is not there is nothing, as dbt has it: packages rely on that. Only while the project is
     * read may it be called as well, since a macro may ask for what there is no warehouse for.
     */
    private static final Settings READING =
            Settings.DEFAULT.withFilters(TemplateFilters.ALL).withUndefineds(Undefineds.CHAINABLE);

    private static final Settings RUNNING = READING.withUndefineds(Undefineds.LENIENT);

    private static final Set<String> NAMES =
            Set.of(
                    "ref",
                    "source",
                    "config",
                    "var",
                    "env_var",
                    "this",
                    "model",
                    "target",
                    "env",
                    "schema",
                    "database",
                    "execute",
                    "log",
                    "print",
                    "exceptions",
                    "adapter",
                    "api",
                    "builtins",
                    "context",
                    "graph",
                    "flags",
                    "modules",
                    "invocation_id",
                    "project_name",
                    "run_started_at",
                    "dbt_version",
                    "statement",
                    "load_result",
                    "store_result",
                    "store_raw_result",
                    "local_md5",
                    "tojson",
                    "fromjson",
                    "toyaml",
                    "fromyaml",
                    "set",
                    "set_strict",
                    "zip",
                    "zip_strict",
                    "render",
                    "write",
                    "doc",
                    "pre_hooks",
                    "post_hooks",
                    "sql",
                    "compiled_code",
                    "selected_resources",
                    "thread_id",
                    "column",
                    "validation",
                    "try_or_compiler_error",
                    "metric",
                    "diff_of_two_dicts",
                    "invocation_args_dict",
                    "dbt_metadata_envs",
                    "sql_now",
                    "defer_relation");

    private final Workspace workspace;
    private final Subject subject;
    private final References references;
    private final @Nullable Execution execution;
    private final Results results = new Results();
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Object> overrides = new HashMap<>();

    /**
     * What there is only while a node runs.
     *
     * @param compiled SQL that a materialization works with; null for templates before that
     */
    public record Execution(Manifest manifest, Warehouse warehouse, @Nullable String compiled) {}

    /**
     * @param execution null while the project is read
     */
    public TemplateNames(
            Workspace workspace,
            Subject subject,
            References references,
            @Nullable Execution execution) {
        this.workspace = workspace;
        this.subject = subject;
        this.references = references;
        this.execution = execution;
    }

    /** A rendering with these names. */
    public Rendering rendering() {
        return new Rendering(this, execution == null ? READING : RUNNING);
    }

    /** Gives a name another value than dbt's. */
    public TemplateNames with(String name, Object value) {
        values.put(name, value);
        return this;
    }

    /**
     * Has something else stand for a macro, or for whatever else has the name.
     *
     * @param name name of a macro, with its package before a dot if it is called so
     */
    public TemplateNames overriding(String name, Object value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            overrides.put(name, value);
            return this;
        }
        String macro = name.substring(dot + 1);
        Object namespace = find(name.substring(0, dot));
        overrides.put(
                name.substring(0, dot),
                (HasAttributes)
                        asked ->
                                asked.equals(macro)
                                        ? value
                                        : namespace instanceof HasAttributes rest
                                                ? rest.attribute(asked)
                                                : null);
        return this;
    }

    public Results results() {
        return results;
    }

    @Override
    public @Nullable Object find(String name) {
        Object override = overrides.get(name);
        if (override != null) {
            return override;
        }
        ProjectMacro macro = workspace.macros().find(name, subject.packageName());
        if (macro != null) {
            return macro.definition();
        }
        Object value = values.get(name);
        if (value == null) {
            value = workspace.macros().namespace(name);
            if (value == null) {
                value = value(name);
            }
            if (value != null) {
                values.put(name, value);
            }
        }
        return value;
    }

    @Override
    public Collection<String> names() {
        Set<String> names = new TreeSet<>(NAMES);
        names.addAll(values.keySet());
        names.addAll(workspace.macros().names());
        return names;
    }

    @Override
    public String advice(String name) {
        return "; if it is a macro or a package, see that it is installed: millrace deps";
    }

    private @Nullable Object value(String name) {
        return switch (name) {
            case "ref" -> (Invocable) this::ref;
            case "source" -> (Invocable) this::source;
            case "metric" -> (Invocable) arguments -> "";
            case "config" -> new ConfigObject(references, subject.settings());
            case "builtins" -> builtins();
            case "this" ->
                    subject.relation() == null ? None.NONE : new RelationValue(subject.relation());
            case "model" -> subject.description();
            case "execute" -> execution != null;
            case "adapter" ->
                    new AdapterObject(
                            workspace.macros(),
                            subject.packageName(),
                            workspace.target().database(),
                            execution == null ? null : execution.warehouse());
            case "api" -> new ApiObject(workspace.target().database());
            case "column" -> new ApiObject.ColumnApi();
            case "graph" ->
                    execution == null ? emptyGraph() : NodeDescriptions.graph(execution.manifest());
            case "context" -> (HasAttributes) this::contextItem;
            case "load_result" -> (Invocable) results::load;
            case "store_result" -> (Invocable) results::store;
            case "store_raw_result" -> (Invocable) results::storeRaw;
            case "sql", "compiled_code" ->
                    execution == null || execution.compiled() == null
                            ? None.NONE
                            : execution.compiled();
            case "pre_hooks" -> hooks("pre-hook");
            case "post_hooks" -> hooks("post-hook");
            default -> ofInvocation(name);
        };
    }

    private @Nullable Object ofInvocation(String name) {
        Invocation invocation = workspace.invocation();
        return switch (name) {
            case "var" ->
                    Variables.of(
                            workspace,
                            subject.packageName(),
                            this::rendered,
                            references.comeAgain());
            case "env_var" -> (Invocable) this::envVar;
            case "target", "env" -> workspace.target().dict();
            case "schema" ->
                    subject.relation() == null || subject.relation().schema() == null
                            ? workspace.target().schema()
                            : subject.relation().schema();
            case "database" -> workspace.target().database();
            case "project_name" -> workspace.root().name();
            case "flags" -> {
                workspace.reads().lookAtOptions();
                yield new FlagsObject(invocation);
            }
            case "invocation_args_dict" -> {
                workspace.reads().lookAtOptions();
                yield FlagsObject.dict(invocation);
            }
            case "invocation_id" -> {
                workspace.reads().lookAtTime();
                yield invocation.id();
            }
            case "run_started_at" -> {
                workspace.reads().lookAtTime();
                yield DateTimeValue.utc(invocation.startedAt());
            }
            case "modules" -> new PythonModules(workspace.clock());
            case "selected_resources" -> new ListValue(invocation.selected());
            case "thread_id" -> Thread.currentThread().getName();
            case "dbt_version" -> DBT_VERSION;
            case "exceptions" -> new ExceptionsObject(workspace.log(), subject.file());
            case "log" -> (Invocable) this::log;
            case "print" -> (Invocable) this::print;
            case "render" ->
                    (Invocable)
                            arguments -> rendered(arguments.bind(name, "string").text("string"));
            case "write" -> (Invocable) arguments -> "";
            case "try_or_compiler_error" -> (Invocable) this::tryOrError;
            case "dbt_metadata_envs" -> new DictValue();
            case "sql_now" -> "now()";
            case "defer_relation" -> None.NONE;
            default -> TemplateFunctions.find(name);
        };
    }

    /** The version of dbt whose ways are followed. */
    public static final String DBT_VERSION = "1.9.0";

    private static DictValue emptyGraph() {
        return NodeDescriptions.graph(new Manifest("", "", new Manifest.Parts()));
    }

    private @Nullable Object contextItem(String name) {
        return name.equals("get")
                ? (Invocable)
                        arguments -> {
                            Arguments.Bound bound = arguments.bind(name, "key", "default");
                            Object found = find(bound.text("key"));
                            return found == null ? bound.get("default", None.NONE) : found;
                        }
                : find(name);
    }

    private DictValue builtins() {
        DictValue dict = new DictValue();
        dict.put("ref", (Invocable) this::ref);
        dict.put("source", (Invocable) this::source);
        dict.put("config", new ConfigObject(references, subject.settings()));
        return dict;
    }

    private Object ref(Arguments arguments) {
        int count = arguments.positional().size();
        if (count < 1 || count > 2) {
            throw new JinjaException("ref() takes the name of a model, or a package and a name");
        }
        Object version = arguments.keywords().get("version");
        if (version == null) {
            version = arguments.keywords().get("v");
        }
        Set<String> others = new TreeSet<>(arguments.keywords().keySet());
        others.removeAll(Set.of("version", "v"));
        if (!others.isEmpty()) {
            throw new JinjaException("ref() has no parameter '" + others.iterator().next() + "'");
        }
        String packageName = count == 2 ? Values.text(arguments.positional().getFirst()) : null;
        Object name = arguments.positional().getLast();
        if (!(name instanceof String text)) {
            throw new JinjaException(
                    "ref() takes the name of a model as text, not " + Values.typeName(name));
        }
        return new RelationValue(
                references.ref(
                        new Node.Ref(
                                packageName,
                                text,
                                version == null || version == None.NONE
                                        ? null
                                        : Values.text(version))));
    }

    private Object source(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("source", "source_name", "table_name");
        return new RelationValue(
                references.source(bound.text("source_name"), bound.text("table_name")));
    }

    private Object envVar(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("env_var", "name", "default");
        String name = bound.text("name");
        return workspace
                .environment()
                .value(name)
                .<Object>map(value -> value)
                .or(() -> bound.find("default").filter(value -> value != None.NONE))
                .orElseThrow(
                        () ->
                                new JinjaException(
                                        workspace.environment().mayRead(name)
                                                ? "the environment variable " + name + " is not set"
                                                : ReadableEnvironment.refusal(name)));
    }

    private Object hooks(String which) {
        ListValue hooks = new ListValue();
        if (subject.settings() != null) {
            subject.settings()
                    .hooks(which)
                    .forEach(
                            hook -> {
                                DictValue dict = new DictValue();
                                dict.put("sql", hook.sql());
                                dict.put("transaction", hook.inTransaction());
                                hooks.add(dict);
                            });
        }
        return hooks;
    }

    private Object log(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("log", "msg", "info");
        workspace
                .log()
                .say(subject.file(), Values.text(bound.get("msg")), bound.flag("info", false));
        return "";
    }

    private Object print(Arguments arguments) {
        workspace
                .log()
                .say(subject.file(), Values.text(arguments.bind("print", "msg").get("msg")), true);
        return "";
    }

    private String rendered(String text) {
        return rendering().render(Template.parse(subject.file(), text, DbtSyntax.SYNTAX)).text();
    }

    private Object tryOrError(Arguments arguments) {
        List<Object> positional = arguments.positional();
        if (positional.size() < 2 || !(positional.get(1) instanceof Invocable function)) {
            throw new JinjaException(
                    "try_or_compiler_error() takes a message, a function and its arguments");
        }
        try {
            return function.call(
                    new Arguments(positional.subList(2, positional.size()), arguments.keywords()));
        } catch (JinjaException e) {
            throw new JinjaException(Values.text(positional.getFirst()));
        }
    }
}
