package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.List;

/** Parses what begins with a bracket: tuples, lists and dicts. */
final class BracketParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    BracketParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression parse(Token token) {
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
        Expression inner = expressions.tupleOrExpression(true);
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
            items.add(expressions.expression());
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
            Expression key = expressions.expression();
            tokens.expectOperator(":");
            entries.add(new Expression.Entry(key, expressions.expression()));
        }
        tokens.expectOperator("}");
        return new Expression.DictOf(place, List.copyOf(entries));
    }
}
