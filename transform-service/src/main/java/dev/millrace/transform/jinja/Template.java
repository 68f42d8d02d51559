package dev.millrace.transform.jinja;

import java.util.List;

/** A template that was parsed. It may be rendered many times, by many threads. */
public final class Template {

    private final String name;
    private final List<Statement> statements;

    private Template(String name, List<Statement> statements) {
        this.name = name;
        this.statements = statements;
    }

    /**
     * Parses a template.
     *
     * @param name how errors call it, usually its path
     * @throws JinjaException if it is none
     */
    public static Template parse(String name, String source, Syntax syntax) {
        try {
            return new Template(name, TemplateParser.parse(name, source, syntax));
        } catch (StackOverflowError e) {
            throw new JinjaException("the template is nested too deeply", new Place(name, 1, 1));
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

    List<Statement> statements() {
        return statements;
    }
}
