package dev.millrace.operations.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an operator may do; each role may do what those before it may. */
public enum OperatorRole {
    /** Looks at everything but keys and audit. */
    READER,
    /** Changes what runs. */
    OPERATOR,
    /** Gives and takes keys, and reads the audit. */
    ADMIN;

    /** How tokens, keys and answers write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of that name, if there is one. */
    public static Optional<OperatorRole> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    boolean includes(OperatorRole other) {
        return compareTo(other) >= 0;
    }

    /** This role and those it includes. */
    List<OperatorRole> included() {
        return Arrays.stream(values()).filter(this::includes).toList();
    }
}
