package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.MacroDefinition.Parameter;
import dev.millrace.transform.jinja.MacroDefinition.Signature;
import dev.millrace.transform.jinja.Token.Kind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Parses the tags that define a macro, or the caller of one. */
final class DefinitionParser {

    private final Source source;
    private final Syntax syntax;
    private final TokenStream tokens;
    private final Mentions.Collector mentions;
    private final ExpressionParser expressions;
    private final TemplateParser statements;

    DefinitionParser(
            Source source,
            Syntax syntax,
            TokenStream tokens,
            Mentions.Collector mentions,
            ExpressionParser expressions,
            TemplateParser statements) {
        this.source = source;
        this.syntax = syntax;
        this.tokens = tokens;
        this.mentions = mentions;
        this.expressions = expressions;
        this.statements = statements;
    }

    MacroDefinition macro(Token tag, String prefix) {
        int start = tokens.startOfTag();
        Mentions.Collector.Mark mark = mentions.mark();
        Token name = tokens.expect(Kind.NAME, "the name of the macro");
        TagHeader header = new TagHeader(tag.text(), name.text(), List.of(), Map.of());
        return definition(
                new Signature((prefix + name.text()).intern(), name.place(), header, signature()),
                tag,
                start,
                mark);
    }

    /** A macro that has no parameters, but a name made of what stands in the tag. */
    MacroDefinition headed(Token tag) {
        int start = tokens.startOfTag();
        Mentions.Collector.Mark mark = mentions.mark();
        Token name = tokens.expect(Kind.NAME, "a name");
        TagHeader header = header(tag, name);
        Syntax.Naming naming = Objects.requireNonNull(syntax.headedTags().get(tag.text()));
        try {
            return definition(
                    new Signature(naming.macro(header).intern(), name.place(), header, List.of()),
                    tag,
                    start,
                    mark);
        } catch (JinjaException e) {
            throw e.at(name.place());
        }
    }

    private TagHeader header(Token tag, Token name) {
        List<String> words = new ArrayList<>();
        Map<String, Object> options = new LinkedHashMap<>();
        while (tokens.skipOperator(",") && !tokens.at(Kind.BLOCK_END)) {
            Token word = tokens.expect(Kind.NAME, "a word or name=value");
            if (!tokens.skipOperator("=")) {
                words.add(word.text());
                continue;
            }
            Object value = Constants.find(expressions.expression());
            if (value == null) {
                throw new JinjaException("'" + word.text() + "' must be a constant", word.place());
            }
            options.put(word.text(), value);
        }
        return new TagHeader(tag.text(), name.text(), words, options);
    }

    private MacroDefinition definition(
            Signature signature, Token tag, int start, Mentions.Collector.Mark mark) {
        Mentions.Collector.Mark bodyMark = mentions.mark();
        List<Statement> body = statements.bodyOutsideLoops(tag, endTags(tag.text()));
        return new MacroDefinition(
                signature,
                body,
                source.part(start, tokens.current().end()),
                mentions.since(mark),
                mentions.since(bodyMark).names());
    }

    /** The end tags of a tag: its own, and those of tags that define the same. */
    private Set<String> endTags(String tag) {
        String prefix = syntax.definitionTags().get(tag);
        return prefix == null
                ? Set.of("end" + tag)
                : syntax.definitionTags().entrySet().stream()
                        .filter(entry -> entry.getValue().equals(prefix))
                        .map(entry -> "end" + entry.getKey())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private List<Parameter> signature() {
        List<Parameter> parameters = new ArrayList<>();
        tokens.expectOperator("(");
        while (!tokens.atOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.atOperator(")")) {
                    break;
                }
            }
            Token name = tokens.expect(Kind.NAME, "the name of a parameter");
            Expression otherwise = null;
            if (tokens.skipOperator("=")) {
                otherwise = expressions.expression();
            } else if (!parameters.isEmpty() && parameters.getLast().otherwise() != null) {
                throw new JinjaException(
                        "the parameter '" + name.text() + "' needs a default, as one before it has",
                        name.place());
            }
            parameters.add(new Parameter(name.text(), otherwise));
        }
        tokens.expectOperator(")");
        return parameters;
    }

    Statement callBlock(Token tag) {
        int start = tokens.startOfTag();
        Mentions.Collector.Mark mark = mentions.mark();
        List<Parameter> parameters = tokens.atOperator("(") ? signature() : List.of();
        Expression called = expressions.expression();
        if (!(called instanceof Expression.Call call)) {
            throw new JinjaException("'{% call %}' calls a macro: name(…)", called.place());
        }
        TagHeader header = new TagHeader("call", "caller", List.of(), Map.of());
        Signature signature = new Signature("caller", tag.place(), header, parameters);
        return new Statement.CallBlock(tag.place(), definition(signature, tag, start, mark), call);
    }
}
