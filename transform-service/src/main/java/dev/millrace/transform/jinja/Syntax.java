package dev.millrace.transform.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tags beyond Jinja's own.
 *
 * @param definitionTags tags that define a macro, with what goes before its name: {@code {% test
 *     x(model) %}…{% endtest %}} with the prefix {@code test_} defines {@code test_x}; tags of one
 *     prefix may end each other
 * @param blockTags tags whose body is taken as it stands, is not rendered, and given as {@link
 *     Template#blocks()}
 * @param headedTags tags that define a macro without parameters, named after what stands in them
 */
public record Syntax(
        Map<String, String> definitionTags, Set<String> blockTags, Map<String, Naming> headedTags) {

    public static final Syntax JINJA = new Syntax(Map.of(), Set.of());

    /** How a macro is called whose tag is no signature. */
    @FunctionalInterface
    public interface Naming {

        /**
         * The macro's name.
         *
         * @throws JinjaException if what stands in the tag makes no sense; the place is added
         */
        String macro(TagHeader header);
    }

    public Syntax {
        definitionTags = Map.copyOf(definitionTags);
        blockTags = Set.copyOf(blockTags);
        headedTags = Map.copyOf(headedTags);
    }

    public Syntax(Map<String, String> definitionTags, Set<String> blockTags) {
        this(definitionTags, blockTags, Map.of());
    }

    /** The same tags, and one that defines a macro without parameters. */
    public Syntax withHeadedTag(String tag, Naming naming) {
        Map<String, Naming> more = new HashMap<>(headedTags);
        more.put(tag, naming);
        return new Syntax(definitionTags, blockTags, more);
    }
}
