package dev.millrace.transform.landing.contract;

import dev.millrace.transform.landing.row.ContractViolationException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** The rules that one row breaks. */
final class Violations {

    private static final int MOST_NAMED = 10;
    private static final int MOST_CHARACTERS = 100;

    private final String contract;
    private final List<String> named = new ArrayList<>();
    private String column = "";
    private int count;

    /**
     * @param contract the contract's file and version, as people read it
     */
    Violations(String contract) {
        this.contract = contract;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void clear() {
        named.clear();
        column = "";
        count = 0;
    }

    /** A value that breaks a rule. */
    void add(ColumnRule at, String property, String rule, Object value) {
        add(
                at.column(),
                "%s: %s: %s"
                        .formatted(
                                property,
                                rule,
                                at.isPublic()
                                        ? "found " + shown(value)
                                        : "the value is classified"));
    }

    /** Something that is not there. */
    void addMissing(@Nullable String at, String property, String rule) {
        add(at == null ? "" : at, "%s: %s: there is no value".formatted(property, rule));
    }

    void add(String at, String text) {
        if (count == 0) {
            column = at;
        }
        if (count++ < MOST_NAMED) {
            named.add(text);
        }
    }

    ContractViolationException toException() {
        String more = count > MOST_NAMED ? "; and %d more".formatted(count - MOST_NAMED) : "";
        return new ContractViolationException(
                contract + ": " + String.join("; ", named) + more, column);
    }

    private static String shown(Object value) {
        String text = Check.written(value);
        String quote = Conversion.text(value) == null ? "" : "'";
        if (text.codePointCount(0, text.length()) <= MOST_CHARACTERS) {
            return quote + text + quote;
        }
        return quote + text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS)) + "…" + quote;
    }
}
