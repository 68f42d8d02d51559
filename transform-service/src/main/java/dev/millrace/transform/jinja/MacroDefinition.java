package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/**
 * A macro of a template. It becomes callable within a rendering, which binds it as soon as it is
 * looked up.
 */
public final class MacroDefinition {

    private final String name;
    private final Place place;
    private final List<Parameter> parameters;
    private final List<Statement> body;

    private final Set<String> mentioned;

    record Parameter(String name, @Nullable Expression otherwise) {}

    MacroDefinition(
            String name,
            Place place,
            List<Parameter> parameters,
            List<Statement> body,
            Set<String> mentioned) {
        this.name = name;
        this.place = place;
        this.parameters = List.copyOf(parameters);
        this.body = List.copyOf(body);
        this.mentioned = Set.copyOf(mentioned);
    }

    public String name() {
        return name;
    }

    public Place place() {
        return place;
    }

    /** The names of the parameters, in their order. */
    public List<String> parameterNames() {
        return parameters.stream().map(Parameter::name).toList();
    }

    /** Whether a name stands in the body; {@code varargs} and {@code kwargs} are declared so. */
    boolean mentions(String name) {
        return mentioned.contains(name);
    }

    List<Parameter> parameters() {
        return parameters;
    }

    List<Statement> body() {
        return body;
    }
}
