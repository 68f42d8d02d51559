package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Token.Kind;

import java.util.List;

/** The tokens of a template, read from the first to the last. */
final class TokenStream {

    private static final int MAX_NESTING = 120;

    private final List<Token> tokens;
    private int position;
    private int nesting;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token following() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Place place() {
        return current().place();
    }

    Token next() {
        Token token = current();
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    /** Where the tag begins whose first word was read last. */
    int startOfTag() {
        return tokens.get(position - 2).start();
    }

    boolean at(Kind kind) {
        return current().kind() == kind;
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean atOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean skipName(String name) {
        return skip(atName(name));
    }

    boolean skipOperator(String operator) {
        return skip(atOperator(operator));
    }

    Token expect(Kind kind, String what) {
        if (!at(kind)) {
            throw unexpected("expected " + what);
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("expected '" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("expected '" + name + "'");
        }
    }

    JinjaException unexpected(String expectation) {
        return new JinjaException(
                expectation + ", found " + current().describe(), current().place());
    }

    /** Nesting is limited, as each level takes stack when parsed and when evaluated. */
    void enter() {
        if (++nesting > MAX_NESTING) {
            throw new JinjaException(
                    "this is nested more than " + MAX_NESTING + " levels deep", place());
        }
    }

    void leave() {
        nesting--;
    }

    private boolean skip(boolean there) {
        if (there) {
            next();
        }
        return there;
    }
}
