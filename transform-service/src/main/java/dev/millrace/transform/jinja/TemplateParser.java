package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.MacroDefinition.Parameter;
import dev.millrace.transform.jinja.Statement.Target;
import dev.millrace.transform.jinja.Token.Kind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses the statements of a template. */
final class TemplateParser {

    private static final Set<String> NOT_OFFERED =
            Set.of("include", "import", "from", "extends", "block", "autoescape", "trans");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final Syntax syntax;
    private int loops;

    private TemplateParser(TokenStream tokens, Syntax syntax) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
        this.syntax = syntax;
    }

    static List<Statement> parse(String template, String source, Syntax syntax) {
        TokenStream tokens = new TokenStream(Lexer.tokens(template, source));
        return new TemplateParser(tokens, syntax).statements(null, Set.of());
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
                    if (statement != null) {
                        body.add(statement);
                    }
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
        tokens.expect(Kind.BLOCK_END, "'%}'");
        List<Statement> body = statements(opened, Set.of("end" + opened.text()));
        tokens.next();
        return body;
    }

    private @Nullable Statement statement(@Nullable Token enclosing) {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        return switch (tag.text()) {
            case "if" -> conditional(tag);
            case "for" -> loop(tag);
            case "set" -> set(tag);
            case "with" -> with(tag);
            case "macro" -> new Statement.DefineMacro(tag.place(), macro(tag, ""));
            case "call" -> callBlock(tag);
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

    private @Nullable Statement special(Token tag, @Nullable Token enclosing) {
        String prefix = syntax.definitionTags().get(tag.text());
        if (prefix != null) {
            return new Statement.DefineMacro(tag.place(), macro(tag, prefix));
        }
        if (syntax.skippedTags().contains(tag.text())) {
            while (!tokens.at(Kind.BLOCK_END) && !tokens.at(Kind.END)) {
                tokens.next();
            }
            body(tag);
            return null;
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
            tokens.expect(Kind.BLOCK_END, "'%}'");
            branches.add(
                    new Statement.Branch(
                            condition, statements(tag, Set.of("elif", "else", "endif"))));
            if (tokens.skipName("elif")) {
                condition = expressions.tupleOrExpression(false);
                continue;
            }
            if (tokens.skipName("else")) {
                tokens.expect(Kind.BLOCK_END, "'%}'");
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
        tokens.expect(Kind.BLOCK_END, "'%}'");
        loops++;
        List<Statement> body = statements(tag, Set.of("endfor", "else"));
        loops--;
        List<Statement> otherwise = List.of();
        if (tokens.skipName("else")) {
            tokens.expect(Kind.BLOCK_END, "'%}'");
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

    private MacroDefinition macro(Token tag, String prefix) {
        Token name = tokens.expect(Kind.NAME, "the name of the macro");
        List<Parameter> parameters = signature();
        return definition(prefix + name.text(), name.place(), parameters, tag);
    }

    private MacroDefinition definition(
            String name, Place place, List<Parameter> parameters, Token tag) {
        int outerLoops = loops;
        loops = 0;
        int from = tokens.position();
        List<Statement> body = body(tag);
        loops = outerLoops;
        return new MacroDefinition(name, place, parameters, body, tokens.namesSince(from));
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

    private Statement callBlock(Token tag) {
        List<Parameter> parameters = tokens.atOperator("(") ? signature() : List.of();
        Expression called = expressions.expression();
        if (!(called instanceof Expression.Call call)) {
            throw new JinjaException("'{% call %}' calls a macro: name(…)", called.place());
        }
        return new Statement.CallBlock(
                tag.place(), definition("caller", tag.place(), parameters, tag), call);
    }
}
