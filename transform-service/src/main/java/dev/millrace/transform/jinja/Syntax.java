package dev.millrace.transform.jinja;

import java.util.Map;
import java.util.Set;

/**
 * Tags beyond Jinja's own.
 *
 * @param definitionTags tags that define a macro, with what goes before its name: {@code {% test
 *     x(model) %}…{% endtest %}} with the prefix {@code test_} defines {@code test_x}
 * @param skippedTags tags that are parsed up to their end tag and then left out
 */
public record Syntax(Map<String, String> definitionTags, Set<String> skippedTags) {

    public static final Syntax JINJA = new Syntax(Map.of(), Set.of());

    public Syntax {
        definitionTags = Map.copyOf(definitionTags);
        skippedTags = Set.copyOf(skippedTags);
    }
}
