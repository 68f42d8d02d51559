package dev.millrace.contracts.project.contract;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A table, topic or file that a contract describes.
 *
 * @param name what it is called
 * @param physicalName what it is called where it is stored, if that is another name
 * @param properties its columns
 * @param unique groups of properties, by name, that no two rows have the same values of
 * @param unenforced what it asks and landing cannot hold a row to
 */
public record SchemaObject(
        String name,
        @Nullable String physicalName,
        List<Property> properties,
        List<UniqueGroup> unique,
        List<Unenforced> unenforced) {

    public SchemaObject {
        properties = List.copyOf(properties);
        unique = List.copyOf(unique);
        unenforced = List.copyOf(unenforced);
    }

    /**
     * Properties that are unique together.
     *
     * @param properties their names
     * @param rule the rule that says so
     */
    public record UniqueGroup(List<String> properties, String rule) {

        public UniqueGroup {
            properties = List.copyOf(properties);
        }
    }

    boolean isNamed(String stream) {
        return name.equals(stream) || stream.equals(physicalName);
    }
}
