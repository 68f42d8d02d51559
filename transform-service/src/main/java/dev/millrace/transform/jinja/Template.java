package dev.millrace.transform.jinja;

import java.util.List;
import java.util.Set;

/** A template that was parsed. It may be rendered many times, by many threads. */
public final class Template {

    private final String name;
    private final List<Statement> statements;
    private final Mentions mentions;

    Template(String name, List<Statement> statements, Mentions mentions) {
        this.name = name;
        this.statements = statements;
        this.mentions = mentions;
    }

    /**
     * Parses a template.
     *
     * @param name how errors call it, usually its path
     * @throws JinjaException if it is none
     */
    public static Template parse(String name, String source, Syntax syntax) {
        return parse(new Source(name, source), syntax);
    }

    static Template parse(Source source, Syntax syntax) {
        try {
            return TemplateParser.parse(source, syntax);
        } catch (StackOverflowError e) {
            throw new JinjaException(
                    "the template is nested too deeply", new Place(source.template(), 1, 1));
        }
    }

    public String name() {
        return name;
    }

    /** The macros that stand at the top of the template. */
    public List<MacroDefinition> macros() {
        return statements.stream()
                .filter(Statement.DefineMacro.class::isInstance)
                .map(statement -> ((Statement.DefineMacro) statement).macro())
                .toList();
    }

    /** The blocks that stand at the top of the template. */
    public List<Block> blocks() {
        return statements.stream()
                .filter(Statement.Verbatim.class::isInstance)
                .map(statement -> ((Statement.Verbatim) statement).block())
                .toList();
    }

    /** The names that are read anywhere in the template, its macros included, but no block. */
    public Set<String> mentionedNames() {
        return mentions.names();
    }

    /** The calls of names anywhere in the template, its macros included, but no block. */
    public List<CallSite> calls() {
        return mentions.calls();
    }

    List<Statement> statements() {
        return statements;
    }
}
