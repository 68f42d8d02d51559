package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.MacroDefinition.Parameter;
import dev.millrace.transform.jinja.MacroDefinition.Signature;
import dev.millrace.transform.jinja.Statement.Target;
import dev.millrace.transform.jinja.Token.Kind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Parses the statements of a template. */
final class TemplateParser {

    private static final Set<String> NOT_OFFERED =
            Set.of("include", "extends", "block", "autoescape", "trans", "debug");

    private final Source source;
    private final TokenStream tokens;
    private final Mentions.Collector mentions = new Mentions.Collector();
    private final ExpressionParser expressions;
    private final Syntax syntax;
    private int loops;

    private TemplateParser(Source source, Syntax syntax) {
        this.source = source;
        this.tokens = new TokenStream(Lexer.tokens(source, syntax.blockTags()));
        this.expressions = new ExpressionParser(tokens, mentions);
        this.syntax = syntax;
    }

    static Template parse(Source source, Syntax syntax) {
        TemplateParser parser = new TemplateParser(source, syntax);
        Mentions.Collector.Mark start = parser.mentions.mark();
        List<Statement> statements = parser.statements(null, Set.of());
        return new Template(source.template(), statements, parser.mentions.since(start));
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
            case "macro" -> new Statement.DefineMacro(tag.place(), macro(tag, ""));
            case "call" -> callBlock(tag);
            case "import" -> importAll(tag);
            case "from" -> importNames(tag);
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
            return new Statement.DefineMacro(tag.place(), macro(tag, prefix));
        }
        if (syntax.headedTags().containsKey(tag.text())) {
            return new Statement.DefineMacro(tag.place(), headed(tag));
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

    private Statement importAll(Token tag) {
        Expression template = expressions.expression();
        tokens.expectName("as");
        String alias = tokens.expect(Kind.NAME, "a name").text();
        return new Statement.Import(tag.place(), template, alias, withContext());
    }

    private Statement importNames(Token tag) {
        Expression template = expressions.expression();
        tokens.expectName("import");
        Map<String, String> names = new LinkedHashMap<>();
        do {
            if (tokens.at(Kind.BLOCK_END) || atContext()) {
                break;
            }
            Token name = tokens.expect(Kind.NAME, "the name of a macro");
            if (name.text().startsWith("_")) {
                throw new JinjaException(
                        "names that begin with '_' cannot be imported", name.place());
            }
            boolean renamed = tokens.skipName("as");
            names.put(
                    name.text(), renamed ? tokens.expect(Kind.NAME, "a name").text() : name.text());
        } while (tokens.skipOperator(","));
        if (names.isEmpty()) {
            throw tokens.unexpected("expected the names to import");
        }
        return new Statement.FromImport(tag.place(), template, names, withContext());
    }

    private boolean atContext() {
        return (tokens.atName("with") || tokens.atName("without"))
                && tokens.following().isName("context");
    }

    private boolean withContext() {
        if (!atContext()) {
            return false;
        }
        boolean with = tokens.next().isName("with");
        tokens.next();
        return with;
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
    private MacroDefinition headed(Token tag) {
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

    private MacroDefinition definition(
            Signature signature, Token tag, int start, Mentions.Collector.Mark mark) {
        int outerLoops = loops;
        loops = 0;
        Mentions.Collector.Mark bodyMark = mentions.mark();
        List<Statement> body = body(tag, endTags(tag.text()));
        loops = outerLoops;
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

    private Statement callBlock(Token tag) {
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
