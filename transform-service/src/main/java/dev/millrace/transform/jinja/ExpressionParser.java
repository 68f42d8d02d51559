package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Expression.Passed;
import dev.millrace.transform.jinja.Token.Kind;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses expressions by Jinja's grammar, one method for each level of precedence. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NO_TEST_ARGUMENT =
            Set.of("else", "or", "and", "if", "in", "not", "is", "recursive");

    private final TokenStream tokens;
    private final Mentions.Collector mentions;

    ExpressionParser(TokenStream tokens, Mentions.Collector mentions) {
        this.tokens = tokens;
        this.mentions = mentions;
    }

    Expression expression() {
        tokens.enter();
        Expression result = or();
        while (tokens.atName("if")) {
            Place place = tokens.next().place();
            Expression condition = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            result = new Expression.Conditional(place, condition, result, otherwise);
        }
        tokens.leave();
        return result;
    }

    /** An expression without {@code if … else}, for where an {@code if} means something else. */
    Expression expressionWithoutCondition() {
        tokens.enter();
        Expression result = or();
        tokens.leave();
        return result;
    }

    /** An expression, or several with commas between them, which make a tuple. */
    Expression tupleOrExpression(boolean withCondition) {
        Place place = tokens.place();
        if (atEndOfTuple()) {
            throw tokens.unexpected("expected an expression");
        }
        Expression first = withCondition ? expression() : expressionWithoutCondition();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !atEndOfTuple()) {
            items.add(withCondition ? expression() : expressionWithoutCondition());
        }
        return new Expression.TupleOf(place, List.copyOf(items));
    }

    private boolean atEndOfTuple() {
        return tokens.at(Kind.VARIABLE_END)
                || tokens.at(Kind.BLOCK_END)
                || tokens.atOperator(")")
                || tokens.atName("recursive");
    }

    private Expression or() {
        Expression left = and();
        while (tokens.atName("or")) {
            Place place = tokens.next().place();
            left = new Expression.Or(place, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.atName("and")) {
            Place place = tokens.next().place();
            left = new Expression.And(place, left, not());
        }
        return left;
    }

    private Expression not() {
        if (tokens.atName("not")) {
            Place place = tokens.next().place();
            tokens.enter();
            Expression operand = not();
            tokens.leave();
            return new Expression.Not(place, operand);
        }
        return comparison();
    }

    private Expression comparison() {
        Place place = tokens.place();
        Expression first = sum();
        List<Expression.Link> links = new ArrayList<>();
        while (true) {
            if (tokens.at(Kind.OPERATOR) && COMPARISONS.contains(tokens.current().text())) {
                String operator = tokens.next().text();
                links.add(new Expression.Link(operator, sum()));
            } else if (tokens.skipName("in")) {
                links.add(new Expression.Link("in", sum()));
            } else if (tokens.atName("not") && tokens.following().isName("in")) {
                tokens.next();
                tokens.next();
                links.add(new Expression.Link("not in", sum()));
            } else {
                break;
            }
        }
        return links.isEmpty()
                ? first
                : new Expression.Comparison(place, first, List.copyOf(links));
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.atOperator("+") || tokens.atOperator("-")) {
            Token operator = tokens.next();
            left =
                    new Expression.Arithmetic(
                            operator.place(), operator.text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Place place = tokens.place();
        Expression first = product();
        if (!tokens.atOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concatenation(place, List.copyOf(parts));
    }

    private Expression product() {
        Expression left = power();
        while (tokens.atOperator("*")
                || tokens.atOperator("/")
                || tokens.atOperator("//")
                || tokens.atOperator("%")) {
            Token operator = tokens.next();
            left = new Expression.Arithmetic(operator.place(), operator.text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.atOperator("**")) {
            Token operator = tokens.next();
            left = new Expression.Arithmetic(operator.place(), "**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Expression result;
        if (tokens.atOperator("-") || tokens.atOperator("+")) {
            Token sign = tokens.next();
            tokens.enter();
            result = new Expression.Sign(sign.place(), sign.text().equals("-"), unary(false));
            tokens.leave();
        } else {
            result = primary();
        }
        result = postfix(result);
        return withFilters ? filtersAndTests(result) : result;
    }

    private Expression primary() {
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
            case OPERATOR -> bracketed(token);
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

    private Expression bracketed(Token token) {
        return switch (token.text()) {
            case "(" -> parenthesis();
            case "[" -> list();
            case "{" -> dict();
            default -> throw tokens.unexpected("expected an expression");
        };
    }

    private Expression parenthesis() {
        Place place = tokens.next().place();
        if (tokens.skipOperator(")")) {
            return new Expression.TupleOf(place, List.of());
        }
        Expression inner = tupleOrExpression(true);
        tokens.expectOperator(")");
        return inner;
    }

    private Expression list() {
        Place place = tokens.next().place();
        List<Expression> items = new ArrayList<>();
        while (!tokens.atOperator("]")) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.atOperator("]")) {
                    break;
                }
            }
            items.add(expression());
        }
        tokens.expectOperator("]");
        return new Expression.ListOf(place, List.copyOf(items));
    }

    private Expression dict() {
        Place place = tokens.next().place();
        List<Expression.Entry> entries = new ArrayList<>();
        while (!tokens.atOperator("}")) {
            if (!entries.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.atOperator("}")) {
                    break;
                }
            }
            Expression key = expression();
            tokens.expectOperator(":");
            entries.add(new Expression.Entry(key, expression()));
        }
        tokens.expectOperator("}");
        return new Expression.DictOf(place, List.copyOf(entries));
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
            start = expression();
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
        return absent ? null : expression();
    }

    private Expression filtersAndTests(Expression target) {
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
                spread = expression();
            } else if (tokens.skipOperator("**")) {
                inOrder = spreadKeywords == null;
                spreadKeywords = expression();
            } else if (tokens.at(Kind.NAME) && tokens.following().isOperator("=")) {
                inOrder = spreadKeywords == null;
                String name = tokens.next().text();
                tokens.next();
                keywords.add(new Expression.Keyword(name, expression()));
            } else {
                inOrder = spread == null && spreadKeywords == null && keywords.isEmpty();
                positional.add(expression());
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
