package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.References;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Node;
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

/** A node while the project is read: its code is rendered once to learn what it asks for. */
final class Draft implements References {

    private final Origin origin;
    private final Template template;
    private final Relation assumed;
    private final List<Node.Ref> refs = new ArrayList<>();
    private final List<List<String>> sources = new ArrayList<>();
    private final Set<String> macros = new TreeSet<>();
    private Map<String, Object> configured = new LinkedHashMap<>();
    private @Nullable TestDetail test;

    /**
     * Where a node comes from.
     *
     * @param id unique id
     * @param path path relative to the directory that it was found in
     * @param file path relative to the package
     * @param position where it is written, relative to the project
     */
    record Origin(
            String id,
            ResourceType type,
            DbtPackage dbtPackage,
            String name,
            String path,
            String file,
            Position position,
            List<String> fqn,
            String code,
            String checksum) {}

    /**
     * @param assumed what it is called until its settings are known
     */
    Draft(Origin origin, Template template, Relation assumed) {
        this.origin = origin;
        this.template = template;
        this.assumed = assumed;
    }

    Origin origin() {
        return origin;
    }

    Template template() {
        return template;
    }

    Relation assumed() {
        return assumed;
    }

    Map<String, Object> configured() {
        return configured;
    }

    Set<String> macros() {
        return macros;
    }

    List<Node.Ref> refs() {
        return refs;
    }

    List<List<String>> sources() {
        return sources;
    }

    @Nullable TestDetail test() {
        return test;
    }

    Draft asTest(TestDetail detail) {
        this.test = detail;
        return this;
    }

    /** As dbt does it: while the project is read, a reference gives the node itself. */
    @Override
    public Relation ref(Node.Ref ref) {
        refs.add(ref);
        return assumed;
    }

    @Override
    public Relation source(String source, String table) {
        sources.add(List.of(source, table));
        return assumed;
    }

    @Override
    public boolean comeAgain() {
        return true;
    }

    @Override
    public void configure(Map<String, Object> settings) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        settings.forEach((key, value) -> plain.put(key, Values.plain(value)));
        configured = SettingsBuilder.over(configured, plain);
    }
}
