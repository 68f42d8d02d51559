package dev.millrace.serving.alert;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import java.util.Map;

/**
 * A condition on a label, as Alertmanager has it; a label that is not there is empty. Expressions
 * are RE2's, which take time in proportion to the text and no more, and must match all of it.
 */
record Matcher(String name, String value, boolean isRegex, boolean isEqual) {

    boolean matches(Map<String, String> labels) {
        String label = labels.getOrDefault(name, "");
        boolean same = isRegex ? Pattern.matches(value, label) : label.equals(value);
        return same == isEqual;
    }

    /** Whether the value is an expression, if it has to be one. */
    boolean isReadable() {
        try {
            return !isRegex || Pattern.compile(value) != null;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
