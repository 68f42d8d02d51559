package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A template. It may be rendered many times, by many threads. */
public final class Template {

    private final Source source;
    private final Syntax syntax;
    private volatile @Nullable Parsed parsed;

    /** What a template consists of; its macros by name, of two with the same the first. */
    record Parsed(
            List<Statement> statements, Mentions mentions, Map<String, MacroDefinition> macros) {

        static Parsed of(List<Statement> statements, Mentions mentions) {
            Map<String, MacroDefinition> macros = new HashMap<>();
            for (Statement statement : statements) {
                if (statement instanceof Statement.DefineMacro defined) {
                    macros.putIfAbsent(defined.macro().name(), defined.macro());
                }
            }
            return new Parsed(statements, mentions, Map.copyOf(macros));
        }
    }

    private Template(Source source, Syntax syntax) {
        this.source = source;
        this.syntax = syntax;
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
        Template template = unparsed(source, syntax);
        template.parsed();
        return template;
    }

    /**
     * A template that is parsed when it is first looked into. It is meant for what was parsed
     * before: that it is none, if so, is told only then.
     */
    public static Template unparsed(Source source, Syntax syntax) {
        return new Template(source, syntax);
    }

    private Parsed parsed() {
        Parsed known = parsed;
        if (known == null) {
            try {
                // Threads that come at the same time each parse it, to the same end.
                known = TemplateParser.parse(source, syntax);
            } catch (StackOverflowError e) {
                throw new JinjaException(
                        "the template is nested too deeply", new Place(source.template(), 1, 1));
            }
            parsed = known;
        }
        return known;
    }

    public String name() {
        return source.template();
    }

    /** Its text, and where that stands. */
    public Source source() {
        return source;
    }

    /** The macros that stand at the top of the template. */
    public List<MacroDefinition> macros() {
        return parsed().statements().stream()
                .filter(Statement.DefineMacro.class::isInstance)
                .map(statement -> ((Statement.DefineMacro) statement).macro())
                .toList();
    }

    /** The macro of a name that stands at the top of the template; the first, if there are more. */
    public Optional<MacroDefinition> macro(String name) {
        return Optional.ofNullable(parsed().macros().get(name));
    }

    /** The blocks that stand at the top of the template. */
    public List<Block> blocks() {
        return parsed().statements().stream()
                .filter(Statement.Verbatim.class::isInstance)
                .map(statement -> ((Statement.Verbatim) statement).block())
                .toList();
    }

    /** The names that are read anywhere in the template, its macros included, but no block. */
    public Set<String> mentionedNames() {
        return parsed().mentions().names();
    }

    /** The calls of names anywhere in the template, its macros included, but no block. */
    public List<CallSite> calls() {
        return parsed().mentions().calls();
    }

    List<Statement> statements() {
        return parsed().statements();
    }
}
