package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Token.Kind;

import java.util.LinkedHashMap;
import java.util.Map;

/** Parses the tags that import other templates. */
final class ImportParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    ImportParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Statement importAll(Token tag) {
        Expression template = expressions.expression();
        tokens.expectName("as");
        String alias = tokens.expect(Kind.NAME, "a name").text();
        return new Statement.Import(tag.place(), template, alias, withContext());
    }

    Statement importNames(Token tag) {
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
}
