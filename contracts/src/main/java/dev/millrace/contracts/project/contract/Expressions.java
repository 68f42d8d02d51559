package dev.millrace.contracts.project.contract;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Regular expressions that contracts bring. They are RE2's, whose time grows with the text only: no
 * record can make one run for ages.
 */
final class Expressions {

    private static final int MAX_LENGTH = 1_000;

    private Expressions() {}

    /** What of an expression can be used. */
    enum Verdict {
        GOOD,
        /** It looks around or back, or repeats too often, which RE2 does not. */
        BEYOND_RE2,
        NO_EXPRESSION
    }

    static Verdict verdict(String expression) {
        if (expression.length() > MAX_LENGTH) {
            return Verdict.BEYOND_RE2;
        }
        try {
            Pattern.compile(expression);
            return Verdict.GOOD;
        } catch (PatternSyntaxException e) {
            return isJavas(expression) ? Verdict.BEYOND_RE2 : Verdict.NO_EXPRESSION;
        }
    }

    private static boolean isJavas(String expression) {
        try {
            java.util.regex.Pattern.compile(expression);
            return true;
        } catch (java.util.regex.PatternSyntaxException e) {
            return false;
        }
    }
}
