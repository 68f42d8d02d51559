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
    private final TagHeader header;
    private final List<Parameter> parameters;
    private final List<Statement> body;
    private final Source source;
    private final Mentions mentions;
    private final Set<String> namesInBody;

    record Parameter(String name, @Nullable Expression otherwise) {}

    /** The parts of a macro that its parser finds one after the other. */
    record Signature(String name, Place place, TagHeader header, List<Parameter> parameters) {

        Signature {
            parameters = List.copyOf(parameters);
        }
    }

    MacroDefinition(
            Signature signature,
            List<Statement> body,
            Source source,
            Mentions mentions,
            Set<String> namesInBody) {
        this.name = signature.name();
        this.place = signature.place();
        this.header = signature.header();
        this.parameters = signature.parameters();
        this.body = List.copyOf(body);
        this.source = source;
        this.mentions = mentions;
        this.namesInBody = namesInBody;
    }

    public String name() {
        return name;
    }

    public Place place() {
        return place;
    }

    /** What stands in its tag; the name there has no prefix yet. */
    public TagHeader header() {
        return header;
    }

    /** The names of the parameters, in their order. */
    public List<String> parameterNames() {
        return parameters.stream().map(Parameter::name).toList();
    }

    /** Its text in the file, from its tag to its end tag. */
    public String source() {
        return source.text();
    }

    /** The names that it reads, those of its own parameters and variables included. */
    public Set<String> mentionedNames() {
        return mentions.names();
    }

    /** Its calls of names, in their order. */
    public List<CallSite> calls() {
        return mentions.calls();
    }

    /** Whether a name is read in the body; {@code varargs} and {@code kwargs} are declared so. */
    boolean mentions(String name) {
        return namesInBody.contains(name);
    }

    List<Parameter> parameters() {
        return parameters;
    }

    List<Statement> body() {
        return body;
    }
}
