package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.dbt.KnownConfigs;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model while the project is read: its query is rendered once to learn what it asks for. */
final class Draft implements References {

    private final String name;
    private final String path;
    private final List<String> fqn;
    private final Template template;
    private final Set<String> known;
    private final SourceTables sourceTables;
    private final Map<String, Object> config = new LinkedHashMap<>();
    private final Set<String> refs = new LinkedHashSet<>();
    private final Set<SourceTable> sources = new LinkedHashSet<>();

    /**
     * @param known the names that it may refer to
     */
    Draft(
            String name,
            String path,
            List<String> fqn,
            Template template,
            Set<String> known,
            SourceTables sourceTables) {
        this.name = name;
        this.path = path;
        this.fqn = fqn;
        this.template = template;
        this.known = known;
        this.sourceTables = sourceTables;
    }

    @Override
    public Object ref(String other) {
        if (!known.contains(other)) {
            throw new JinjaException(
                    "there is no model '" + other + "'" + NearestName.hint(other, known));
        }
        refs.add(other);
        return Relation.of(new RelationName("", other), "view");
    }

    @Override
    public Object source(String source, String table) {
        SourceTable found = sourceTables.find(source, table);
        sources.add(found);
        return Relation.of(found.relation(), "table");
    }

    @Override
    public Object config(Arguments arguments) {
        for (Object positional : arguments.positional()) {
            if (!(positional instanceof Map<?, ?> map)) {
                throw new JinjaException("config() takes name=value, or a dict");
            }
            map.forEach((key, value) -> set(Values.text(key), value));
        }
        arguments.keywords().forEach(this::set);
        return "";
    }

    private void set(String key, Object value) {
        String canonical = KnownConfigs.canonical(key);
        if (!KnownConfigs.MODEL.contains(canonical)) {
            throw new JinjaException(
                    "unknown setting '"
                            + key
                            + "'"
                            + NearestName.hint(canonical, KnownConfigs.MODEL)
                            + " (a setting of your own belongs under 'meta')");
        }
        Object plain = Values.plain(value);
        if (plain != null) {
            config.put(canonical, plain);
        }
    }

    @Override
    public Object setting(String setting) {
        Object value = config.get(setting);
        return value == null ? None.NONE : Values.of(value);
    }

    String name() {
        return name;
    }

    String path() {
        return path;
    }

    List<String> fqn() {
        return fqn;
    }

    Template template() {
        return template;
    }

    Map<String, Object> config() {
        return config;
    }

    Set<String> refs() {
        return refs;
    }

    Set<SourceTable> sources() {
        return sources;
    }
}
