package dev.millrace.transform.jinja;

/**
 * A piece of a template.
 *
 * @param place where it begins
 * @param start where it begins, as an offset in the file
 * @param end where it ends, as an offset in the file
 */
record Token(Kind kind, String text, Place place, int start, int end) {

    enum Kind {
        DATA,
        VERBATIM,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind expected, String expectedText) {
        return kind == expected && text.equals(expectedText);
    }

    boolean isName(String name) {
        return is(Kind.NAME, name);
    }

    boolean isOperator(String operator) {
        return is(Kind.OPERATOR, operator);
    }

    /** How the token is called in an error. */
    String describe() {
        return switch (kind) {
            case DATA, VERBATIM -> "text";
            case VARIABLE_BEGIN -> "'{{'";
            case VARIABLE_END -> "the end '}}'";
            case BLOCK_BEGIN -> "'{%'";
            case BLOCK_END -> "the end '%}'";
            case STRING -> "the string '" + text + "'";
            case END -> "the end of the template";
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
