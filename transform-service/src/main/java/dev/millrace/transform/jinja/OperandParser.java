package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Expression.Passed;
import dev.millrace.transform.jinja.Token.Kind;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses what operators stand between: literals, names, and what follows them. */
final class OperandParser {

    private static final Set<String> NO_TEST_ARGUMENT =
            Set.of("else", "or", "and", "if", "in", "not", "is", "recursive");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final BracketParser brackets;
    private final Mentions.Collector mentions;

    OperandParser(TokenStream tokens, ExpressionParser expressions, Mentions.Collector mentions) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.brackets = new BracketParser(tokens, expressions);
        this.mentions = mentions;
    }

    Expression primary() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> name(tokens.next());
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.at(Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Literal(token.place(), text.toString());
            }
            case INTEGER -> new Expression.Literal(token.place(), integer(tokens.next()));
            case FLOAT ->
                    new Expression.Literal(token.place(), Double.valueOf(tokens.next().text()));
            case OPERATOR -> brackets.parse(token);
            default -> throw tokens.unexpected("expected an expression");
        };
    }

    private Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Literal(token.place(), true);
            case "false", "False" -> new Expression.Literal(token.place(), false);
            case "none", "None" -> new Expression.Literal(token.place(), None.NONE);
            default -> {
                mentions.name(token.text());
                yield new Expression.Name(token.place(), token.text());
            }
        };
    }

    private static Object integer(Token token) {
        String text = token.text().toLowerCase(java.util.Locale.ROOT);
        int radix = text.startsWith("0x") ? 16 : text.startsWith("0o") ? 8 : 2;
        boolean prefixed = text.length() > 1 && Character.isLetter(text.charAt(1));
        return Arithmetic.simplest(
                prefixed ? new BigInteger(text.substring(2), radix) : new BigInteger(text));
    }

    Expression postfix(Expression target) {
        Expression result = target;
        while (true) {
            if (tokens.atOperator(".")) {
                result = attribute(result);
            } else if (tokens.atOperator("[")) {
                result = subscript(result);
            } else if (tokens.atOperator("(")) {
                result = call(result);
            } else {
                return result;
            }
        }
    }

    private Expression call(Expression callee) {
        Expression.Call call = new Expression.Call(tokens.place(), callee, passed());
        mentions.call(call);
        return call;
    }

    private Expression attribute(Expression target) {
        tokens.next();
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> new Expression.Attribute(token.place(), target, token.text());
            case INTEGER ->
                    new Expression.Item(
                            token.place(),
                            target,
                            new Expression.Literal(token.place(), integer(token)));
            default ->
                    throw new JinjaException(
                            "expected a name after '.', found " + token.describe(), token.place());
        };
    }

    private Expression subscript(Expression target) {
        Place place = tokens.next().place();
        List<Expression> keys = new ArrayList<>();
        while (!tokens.atOperator("]")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
            }
            keys.add(subscriptKey());
        }
        tokens.expectOperator("]");
        if (keys.isEmpty()) {
            throw new JinjaException("expected a key or index between '[' and ']'", place);
        }
        return new Expression.Item(
                place,
                target,
                keys.size() == 1 ? keys.getFirst() : new Expression.TupleOf(place, keys));
    }

    private Expression subscriptKey() {
        Place place = tokens.place();
        Expression start = null;
        if (!tokens.atOperator(":")) {
            start = expressions.expression();
            if (!tokens.atOperator(":")) {
                return start;
            }
        }
        tokens.next();
        Expression stop = sliceBound();
        Expression step = tokens.skipOperator(":") ? sliceBound() : null;
        return new Expression.Slice(place, start, stop, step);
    }

    private @Nullable Expression sliceBound() {
        boolean absent = tokens.atOperator(":") || tokens.atOperator("]") || tokens.atOperator(",");
        return absent ? null : expressions.expression();
    }

    Expression filtersAndTests(Expression target) {
        Expression result = target;
        while (true) {
            if (tokens.atOperator("|")) {
                tokens.next();
                result = filter(result);
            } else if (tokens.atName("is")) {
                result = test(result);
            } else if (tokens.atOperator("(")) {
                result = call(result);
            } else {
                return result;
            }
        }
    }

    /** The name of a filter and what is passed to it, without the {@code |} before it. */
    Expression.Filter filter(Expression target) {
        Token name = tokens.expect(Kind.NAME, "the name of a filter");
        String dotted = dotted(name);
        Passed passed = tokens.atOperator("(") ? passed() : Passed.NOTHING;
        return new Expression.Filter(name.place(), target, dotted, passed);
    }

    private Expression test(Expression target) {
        Place place = tokens.next().place();
        boolean negated = tokens.skipName("not");
        Token name = tokens.expect(Kind.NAME, "the name of a test");
        String dotted = dotted(name);
        Passed passed = Passed.NOTHING;
        if (tokens.atOperator("(")) {
            passed = passed();
        } else if (beginsTestArgument()) {
            passed = new Passed(List.of(postfix(primary())), List.of(), null, null);
        }
        Expression test = new Expression.Test(place, target, dotted, passed);
        return negated ? new Expression.Not(place, test) : test;
    }

    private String dotted(Token first) {
        StringBuilder name = new StringBuilder(first.text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, "a name").text());
        }
        return name.toString();
    }

    private boolean beginsTestArgument() {
        return switch (tokens.current().kind()) {
            case NAME -> !NO_TEST_ARGUMENT.contains(tokens.current().text());
            case STRING, INTEGER, FLOAT -> true;
            default -> tokens.atOperator("[") || tokens.atOperator("{");
        };
    }

    private Passed passed() {
        Place place = tokens.place();
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Expression.Keyword> keywords = new ArrayList<>();
        Expression spread = null;
        Expression spreadKeywords = null;
        boolean first = true;
        while (!tokens.atOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.atOperator(")")) {
                    break;
                }
            }
            first = false;
            boolean inOrder;
            if (tokens.skipOperator("*")) {
                inOrder = spread == null && spreadKeywords == null;
                spread = expressions.expression();
            } else if (tokens.skipOperator("**")) {
                inOrder = spreadKeywords == null;
                spreadKeywords = expressions.expression();
            } else if (tokens.at(Kind.NAME) && tokens.following().isOperator("=")) {
                inOrder = spreadKeywords == null;
                String name = tokens.next().text();
                tokens.next();
                keywords.add(new Expression.Keyword(name, expressions.expression()));
            } else {
                inOrder = spread == null && spreadKeywords == null && keywords.isEmpty();
                positional.add(expressions.expression());
            }
            if (!inOrder) {
                throw new JinjaException(
                        "the order is: positional arguments, name=value, *list, **dict", place);
            }
        }
        tokens.expectOperator(")");
        return new Passed(List.copyOf(positional), List.copyOf(keywords), spread, spreadKeywords);
    }
}
