package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Statement.Target;
import dev.millrace.transform.jinja.Token.Kind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses the statements of a template. */
final class TemplateParser {

    private static final Set<String> NOT_OFFERED =
            Set.of("include", "extends", "block", "autoescape", "trans", "debug");

    private final Source source;
    private final TokenStream tokens;
    private final Mentions.Collector mentions = new Mentions.Collector();
    private final ExpressionParser expressions;
    private final DefinitionParser definitions;
    private final ImportParser imports;
    private final Syntax syntax;
    private int loops;

    private TemplateParser(Source source, Syntax syntax) {
        this.source = source;
        this.tokens = new TokenStream(Lexer.tokens(source, syntax.blockTags()));
        this.expressions = new ExpressionParser(tokens, mentions);
        this.definitions =
                new DefinitionParser(source, syntax, tokens, mentions, expressions, this);
        this.imports = new ImportParser(tokens, expressions);
        this.syntax = syntax;
    }

    static Template.Parsed parse(Source source, Syntax syntax) {
        TemplateParser parser = new TemplateParser(source, syntax);
        Mentions.Collector.Mark start = parser.mentions.mark();
        List<Statement> statements = parser.statements(null, Set.of());
        return Template.Parsed.of(statements, parser.mentions.since(start));
    }

    /** Statements up to a tag of one of the names, whose name is then the current token. */
    private List<Statement> statements(@Nullable Token opened, Set<String> until) {
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(token.place(), token.text()));
                case VARIABLE_BEGIN -> {
                    body.add(
                            new Statement.Print(
                                    token.place(), expressions.tupleOrExpression(true)));
                    tokens.expect(Kind.VARIABLE_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (tokens.at(Kind.NAME) && until.contains(tokens.current().text())) {
                        return List.copyOf(body);
                    }
                    tokens.enter();
                    Statement statement = statement(opened);
                    tokens.leave();
                    tokens.expect(Kind.BLOCK_END, "'%}'");
                    body.add(statement);
                }
                default -> {
                    if (opened != null) {
                        throw new JinjaException(
                                "'{% "
                                        + opened.text()
                                        + " %}' has no '{% end"
                                        + opened.text()
                                        + " %}'",
                                opened.place());
                    }
                    return List.copyOf(body);
                }
            }
        }
    }

    /** The body of a tag up to its end tag, with the {@code %}} before it and the name after it. */
    private List<Statement> body(Token opened) {
        return body(opened, Set.of("end" + opened.text()));
    }

    /** The body of a macro, which no loop around it can be left from. */
    List<Statement> bodyOutsideLoops(Token opened, Set<String> endTags) {
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = body(opened, endTags);
        loops = outerLoops;
        return body;
    }

    private List<Statement> body(Token opened, Set<String> endTags) {
        beginBody();
        List<Statement> body = statements(opened, endTags);
        tokens.next();
        return body;
    }

    /** The end of a tag before its body, with the colon that Python would have there. */
    private void beginBody() {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END, "'%}'");
    }

    private Statement statement(@Nullable Token enclosing) {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        return switch (tag.text()) {
            case "if" -> conditional(tag);
            case "for" -> loop(tag);
            case "set" -> set(tag);
            case "with" -> with(tag);
            case "macro" -> new Statement.DefineMacro(tag.place(), definitions.macro(tag, ""));
            case "call" -> definitions.callBlock(tag);
            case "import" -> imports.importAll(tag);
            case "from" -> imports.importNames(tag);
            case "filter" -> {
                List<Expression.Filter> filters = filters();
                yield new Statement.FilterBlock(tag.place(), filters, body(tag));
            }
            case "do" -> new Statement.Do(tag.place(), expressions.tupleOrExpression(true));
            case "break" -> new Statement.Break(inLoop(tag));
            case "continue" -> new Statement.Continue(inLoop(tag));
            default -> special(tag, enclosing);
        };
    }

    private Statement special(Token tag, @Nullable Token enclosing) {
        String prefix = syntax.definitionTags().get(tag.text());
        if (prefix != null) {
            return new Statement.DefineMacro(tag.place(), definitions.macro(tag, prefix));
        }
        if (syntax.headedTags().containsKey(tag.text())) {
            return new Statement.DefineMacro(tag.place(), definitions.headed(tag));
        }
        if (syntax.blockTags().contains(tag.text())) {
            return verbatim(tag);
        }
        if (NOT_OFFERED.contains(tag.text())) {
            throw new JinjaException(
                    "the tag '" + tag.text() + "' is not offered; use macros", tag.place());
        }
        String open =
                enclosing == null
                        ? ""
                        : "; the open tag is '"
                                + enclosing.text()
                                + "' in line "
                                + enclosing.place().line();
        throw new JinjaException("unknown tag '" + tag.text() + "'" + open, tag.place());
    }

    private Place inLoop(Token tag) {
        if (loops == 0) {
            throw new JinjaException("'" + tag.text() + "' stands outside a loop", tag.place());
        }
        return tag.place();
    }

    private Statement conditional(Token tag) {
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        Expression condition = expressions.tupleOrExpression(false);
        while (true) {
            beginBody();
            branches.add(
                    new Statement.Branch(
                            condition, statements(tag, Set.of("elif", "else", "endif"))));
            if (tokens.skipName("elif")) {
                condition = expressions.tupleOrExpression(false);
                continue;
            }
            if (tokens.skipName("else")) {
                beginBody();
                otherwise = statements(tag, Set.of("endif"));
            }
            tokens.next();
            return new Statement.If(tag.place(), List.copyOf(branches), otherwise);
        }
    }

    private Statement loop(Token tag) {
        Target target = target(false);
        tokens.expectName("in");
        Expression items = expressions.tupleOrExpression(false);
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        beginBody();
        loops++;
        List<Statement> body = statements(tag, Set.of("endfor", "else"));
        loops--;
        List<Statement> otherwise = List.of();
        if (tokens.skipName("else")) {
            beginBody();
            otherwise = statements(tag, Set.of("endfor"));
        }
        tokens.next();
        return new Statement.For(tag.place(), target, items, filter, recursive, body, otherwise);
    }

    private Statement set(Token tag) {
        Target target = target(true);
        if (tokens.skipOperator("=")) {
            return new Statement.Set(tag.place(), target, expressions.tupleOrExpression(true));
        }
        List<Expression.Filter> filters = tokens.skipOperator("|") ? filters() : List.of();
        return new Statement.SetBlock(tag.place(), target, filters, body(tag));
    }

    private Statement with(Token tag) {
        List<Statement.Binding> bindings = new ArrayList<>();
        while (!tokens.at(Kind.BLOCK_END)) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = new Target.Variable(tokens.expect(Kind.NAME, "a name").text());
            tokens.expectOperator("=");
            bindings.add(new Statement.Binding(target, expressions.expression()));
        }
        return new Statement.With(tag.place(), List.copyOf(bindings), body(tag));
    }

    /** Filters with {@code |} between them, each with nothing to work on yet. */
    private List<Expression.Filter> filters() {
        List<Expression.Filter> filters = new ArrayList<>();
        do {
            filters.add(expressions.filter(new Expression.Literal(tokens.place(), "")));
        } while (tokens.skipOperator("|"));
        return List.copyOf(filters);
    }

    private Target target(boolean withNamespace) {
        Place place = tokens.place();
        List<Target> targets = new ArrayList<>(List.of(singleTarget(withNamespace)));
        boolean several = false;
        while (tokens.skipOperator(",")) {
            several = true;
            if ((!tokens.at(Kind.NAME) && !tokens.atOperator("(")) || tokens.atName("in")) {
                break;
            }
            targets.add(singleTarget(withNamespace));
        }
        return several ? new Target.Several(place, List.copyOf(targets)) : targets.getFirst();
    }

    private Target singleTarget(boolean withNamespace) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = target(withNamespace);
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Kind.NAME, "a name to assign to");
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw new JinjaException("cannot assign to '" + name.text() + "'", name.place());
        }
        if (withNamespace && tokens.skipOperator(".")) {
            String attribute = tokens.expect(Kind.NAME, "the name of an attribute").text();
            return new Target.NamespaceAttribute(name.place(), name.text(), attribute);
        }
        return new Target.Variable(name.text());
    }

    private Statement verbatim(Token tag) {
        Token name = tokens.expect(Kind.NAME, "the name of the " + tag.text());
        tokens.expect(Kind.BLOCK_END, "'%}'");
        Token text = tokens.expect(Kind.VERBATIM, "text");
        tokens.expect(Kind.BLOCK_BEGIN, "'{%'");
        tokens.expectName("end" + tag.text());
        Source body = source.part(text.start(), text.end());
        return new Statement.Verbatim(
                tag.place(), new Block(tag.text(), name.text(), name.place(), body, syntax));
    }
}
