package dev.millrace.transform.model.select;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which tests come along with the nodes that they look at. */
enum IndirectSelection {
    /** Those that look at any selected node. */
    EAGER,
    /** Those that look at selected nodes only. */
    CAUTIOUS,
    /** Those that look at selected nodes and what these read only. */
    BUILDABLE,
    /** None but those that are selected themselves. */
    EMPTY;

    /** The one of a word such as {@code cautious}. */
    public static Optional<IndirectSelection> named(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }

    /** The word that options and files have for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
