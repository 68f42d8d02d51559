package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code var()}: what the run was given, then the project's own, then the default. */
final class Variables {

    private final Map<String, Object> ofRun;
    private final Map<String, Object> ofProject;
    private final String packageName;

    Variables(Map<String, Object> ofRun, Map<String, Object> ofProject, String packageName) {
        this.ofRun = ofRun;
        this.ofProject = ofProject;
        this.packageName = packageName;
    }

    Object call(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("var", "name", "default");
        String name = bound.text("name");
        if (ofRun.containsKey(name)) {
            return Values.of(ofRun.get(name)); // also null, which a run may well give
        }
        Object value = ofProject(name);
        if (value != null) {
            return Values.of(value);
        }
        return bound.find("default")
                .orElseThrow(
                        () ->
                                new JinjaException(
                                        "the variable '"
                                                + name
                                                + "' is not set"
                                                + NearestName.hint(name, names())
                                                + " (set it under vars in dbt_project.yml, give it"
                                                + " to the run, or write a default:"
                                                + " var('"
                                                + name
                                                + "', …))"));
    }

    boolean has(String name) {
        return ofRun.containsKey(name) || ofProject(name) != null;
    }

    private @Nullable Object ofProject(String name) {
        Object value = null;
        if (ofProject.get(packageName) instanceof Map<?, ?> ofPackage) {
            value = ofPackage.get(name);
        }
        return value != null ? value : ofProject.get(name);
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>(ofRun.keySet());
        names.addAll(ofProject.keySet());
        if (ofProject.get(packageName) instanceof Map<?, ?> ofPackage) {
            ofPackage.keySet().forEach(key -> names.add(String.valueOf(key)));
        }
        return names;
    }
}
