package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.TestDetail;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes tests of what properties files write beside models, columns and source tables. */
final class GenericTests {

    /** Of the macros that tests are. */
    private static final String PREFIX = "test_";

    /** What may stand beside a test's arguments and is a setting of the test. */
    private static final List<String> SETTINGS =
            List.of(
                    "severity",
                    "tags",
                    "enabled",
                    "where",
                    "limit",
                    "warn_if",
                    "error_if",
                    "fail_calc",
                    "store_failures",
                    "store_failures_as",
                    "meta",
                    "database",
                    "schema",
                    "alias");

    private final Workspace workspace;

    GenericTests(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * What a test is about.
     *
     * @param model how its relation is written in templates: a {@code ref} or {@code source}
     * @param prefix what the test's name begins with
     * @param name name of the node or table, as it stands in the test's name
     * @param attachedTo id of the node; null for a source
     */
    record Subjected(
            PropertyItem item,
            String model,
            String prefix,
            String name,
            @Nullable String attachedTo,
            List<String> tags) {}

    /** A test that stands at a column, or at the whole if there is none. */
    Draft draft(Subjected subject, Object written, @Nullable Map<String, Object> column) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        String test = nameAndArguments(written, arguments);
        if (arguments.containsKey("model")) {
            throw new JinjaException("a test is given its model; 'model' is no argument to write");
        }
        if (column != null) {
            arguments.put("column_name", columnName(column));
        }
        arguments.put("model", "{{ get_where_subquery(" + subject.model() + ") }}");
        Map<String, Object> settings = settings(subject, arguments);
        int dot = test.indexOf('.');
        String namespace = dot < 0 ? null : test.substring(0, dot);
        String name = dot < 0 ? test : test.substring(dot + 1);
        requireTest(namespace, name, subject.item().dbtPackage().name());
        TestNames names =
                arguments.containsKey("name")
                        ? TestNames.given(Yaml.text(arguments.remove("name"), ""))
                        : TestNames.of(
                                (namespace == null ? "" : namespace + "_")
                                        + subject.prefix()
                                        + name,
                                subject.name(),
                                arguments);
        if (!names.compiled().equals(names.full())) {
            settings.putIfAbsent("alias", names.compiled());
        }
        List<String> tags = new ArrayList<>(subject.tags());
        if (column != null) {
            tags.addAll(Yaml.texts(column.get("tags")));
        }
        tags.addAll(Yaml.texts(settings.remove("tags")));
        settings.put("tags", List.copyOf(new TreeSet<>(tags)));
        TestDetail detail =
                new TestDetail(
                        name,
                        namespace,
                        arguments,
                        column == null ? null : columnName(column),
                        subject.attachedTo());
        Draft draft = draft(subject, names, detail);
        draft.configure(settings);
        return draft.asTest(detail);
    }

    private Draft draft(Subjected subject, TestNames names, TestDetail detail) {
        PropertyItem item = subject.item();
        DbtPackage own = item.dbtPackage();
        String macro =
                (detail.namespace() == null ? "" : detail.namespace() + ".")
                        + PREFIX
                        + detail.name();
        String code = "{{ " + macro + "(**_dbt_generic_test_kwargs) }}";
        List<String> fqn = new ArrayList<>(List.of(own.name()));
        fqn.addAll(item.directories());
        fqn.add(names.full());
        return new Draft(
                new Draft.Origin(
                        "test."
                                + own.name()
                                + "."
                                + names.full()
                                + "."
                                + TestNames.hash(names.full(), detail),
                        ResourceType.TEST,
                        own,
                        names.full(),
                        names.compiled() + ".sql",
                        item.file(),
                        item.position(),
                        fqn,
                        code,
                        ""),
                Template.parse(item.position().file(), code, DbtSyntax.SYNTAX),
                Relation.of(
                        workspace.target().database(),
                        workspace.target().schema(),
                        names.full(),
                        workspace.root().quoting()));
    }

    private void requireTest(@Nullable String namespace, String name, String packageName) {
        Macros macros = workspace.macros();
        boolean there =
                namespace == null
                        ? macros.find(PREFIX + name, packageName) != null
                        : macros.in(namespace, PREFIX + name) != null;
        if (there) {
            return;
        }
        Set<String> known = new TreeSet<>();
        for (ProjectMacro macro : macros.all()) {
            boolean here = namespace == null || macro.packageName().equals(namespace);
            if (here && macro.name().startsWith(PREFIX)) {
                known.add(macro.name().substring(PREFIX.length()));
            }
        }
        throw new JinjaException(
                "there is no test '"
                        + (namespace == null ? "" : namespace + ".")
                        + name
                        + "'"
                        + NearestName.of(name, known)
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse(
                                        "; define it by {% test "
                                                + name
                                                + "(model, column_name) %}, or install its package"
                                                + " with 'millrace deps'"));
    }

    private static String columnName(Map<String, Object> column) {
        String name = Yaml.text(column.get("name"), "");
        return Boolean.TRUE.equals(Yaml.flag(column.get("quote")))
                ? RelationName.quote(name)
                : name;
    }

    private static String nameAndArguments(Object written, Map<String, Object> arguments) {
        if (!(written instanceof Map<?, ?> mapping)) {
            return String.valueOf(written);
        }
        Map<String, Object> map = Yaml.map(mapping);
        Object named = map.remove("test_name");
        if (named != null) {
            arguments.putAll(map);
        } else if (mapping.size() == 1) {
            named = mapping.keySet().iterator().next();
            arguments.putAll(Yaml.map(mapping.get(named)));
        } else {
            throw new JinjaException(
                    "a test is a name, or one name with its arguments below it, as in 'unique:"
                            + " {where: …}'; found "
                            + mapping.keySet());
        }
        Map<String, Object> nested = Yaml.map(arguments.remove("arguments"));
        arguments.putAll(nested);
        arguments.remove("description");
        return String.valueOf(named);
    }

    private Map<String, Object> settings(Subjected subject, Map<String, Object> arguments) {
        Map<String, Object> config = Yaml.map(arguments.remove("config"));
        Map<String, Object> settings = new LinkedHashMap<>();
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        Subject.ofProject(
                                subject.item().position().file(),
                                subject.item().dbtPackage().name()),
                        new NoReferences(),
                        null);
        YamlRendering rendering =
                new YamlRendering(subject.item().position().file(), names, path -> true);
        for (String key : SETTINGS) {
            Object value = arguments.remove(key);
            if (value == null) {
                value = config.remove(key);
            }
            Object rendered = value instanceof String text ? rendering.value(text) : value;
            if (rendered != null) {
                settings.put(key, rendered);
            }
        }
        config.forEach(settings::putIfAbsent);
        return settings;
    }
}
