package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses expressions by Jinja's grammar, one method for each level of precedence. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens, Mentions.Collector mentions) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this, mentions);
    }

    /** The name of a filter and what is passed to it, without the {@code |} before it. */
    Expression.Filter filter(Expression target) {
        return operands.filter(target);
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
            result = operands.primary();
        }
        result = operands.postfix(result);
        return withFilters ? operands.filtersAndTests(result) : result;
    }
}
