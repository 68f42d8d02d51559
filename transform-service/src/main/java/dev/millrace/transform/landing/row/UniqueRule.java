package dev.millrace.transform.landing.row;

import java.util.List;

/**
 * Columns of which no two rows may have the same values, as an index of the table sees to.
 *
 * @param index the index's name
 * @param columns the columns, in the order of the index
 * @param properties what the contract calls them
 * @param rule the rule as people read it
 */
public record UniqueRule(String index, List<String> columns, List<String> properties, String rule) {

    public UniqueRule {
        columns = List.copyOf(columns);
        properties = List.copyOf(properties);
    }

    /** What the rule is about, for people to read. */
    public String subject() {
        return String.join(", ", properties);
    }
}
