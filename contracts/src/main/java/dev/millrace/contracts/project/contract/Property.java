package dev.millrace.contracts.project.contract;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A column that a contract describes, or a member of one, or the items of an array.
 *
 * @param name what it is called; empty for items that have no name
 * @param physicalName what it is called where it is stored, if that is another name
 * @param type what its values mean; null if the contract leaves it open
 * @param temporal how a date or time is written; null for other types
 * @param physicalType what they are stored as, in the words of some database
 * @param classification how confidential they are
 * @param rules what each value is held to
 * @param properties the members of an object; empty if the contract leaves them open
 * @param items what each item of an array is
 * @param unenforced what the contract asks of it and landing cannot hold a row to
 */
public record Property(
        String name,
        @Nullable String physicalName,
        @Nullable LogicalType type,
        @Nullable TemporalForm temporal,
        @Nullable String physicalType,
        @Nullable String classification,
        List<Rule> rules,
        List<Property> properties,
        @Nullable Property items,
        List<Unenforced> unenforced) {

    public Property {
        rules = List.copyOf(rules);
        properties = List.copyOf(properties);
        unenforced = List.copyOf(unenforced);
    }

    /** The name of the column, as the contract writes it. */
    public String columnName() {
        return physicalName == null ? name : physicalName;
    }

    /** Whether everybody may see its values; what is not classified hides nothing. */
    public boolean isPublic() {
        return classification == null || classification.equalsIgnoreCase("public");
    }
}
