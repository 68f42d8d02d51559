package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.contract.SchemaObject.UniqueGroup;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes from a contract of the right shape what Millrace needs of it. */
final class ContractReader {

    private final String file;

    ContractReader(String file) {
        this.file = file;
    }

    Contract read(YamlMapping contract) {
        List<Unenforced> unenforced = new ArrayList<>();
        for (YamlValue level : contract.list("slaProperties")) {
            YamlMapping keys = level.mapping();
            unenforced.add(
                    new Unenforced(
                            level.position(),
                            "",
                            "the service level " + keys.requiredText("property"),
                            "it says something of time and not of a row"));
        }
        return new Contract(
                file,
                contract.requiredText("id"),
                contract.requiredText("version"),
                contract.requiredText("status"),
                contract.position("status"),
                objects(contract),
                unenforced);
    }

    private static List<SchemaObject> objects(YamlMapping contract) {
        List<SchemaObject> objects = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (YamlValue item : contract.list("schema")) {
            YamlMapping object = item.mapping();
            rejectSecond(object, "object", lines);
            objects.add(object(object));
        }
        return objects;
    }

    /** Two of one name could not be told apart. */
    static void rejectSecond(YamlMapping element, String what, Map<String, Integer> lines) {
        String name = element.text("name");
        Integer earlier =
                name == null ? null : lines.putIfAbsent(name, element.position("name").line());
        if (earlier != null) {
            element.reject(
                    "name",
                    "there is another %s '%s' in line %d; names are unique"
                            .formatted(what, name, earlier));
        }
    }

    private static SchemaObject object(YamlMapping object) {
        List<Unenforced> unenforced = new ArrayList<>();
        List<UniqueGroup> unique = new ArrayList<>();
        List<Property> properties = PropertyReader.properties(object, "", unenforced);
        primaryKey(object, unique);
        for (YamlValue check : object.list("quality")) {
            QualityReader.ofObject(check.mapping(), properties, unique, unenforced);
        }
        for (YamlValue relationship : object.list("relationships")) {
            unenforced.add(relationship(relationship, ""));
        }
        return new SchemaObject(
                object.requiredText("name"),
                object.text("physicalName"),
                properties,
                unique,
                unenforced);
    }

    static Unenforced relationship(YamlValue relationship, String property) {
        return new Unenforced(
                relationship.position(),
                property,
                "the relationship",
                "the row that it points to may land later");
    }

    /** A key of one property is unique by itself, as that property says; of several, together. */
    private static void primaryKey(YamlMapping object, List<UniqueGroup> unique) {
        record Part(String name, int position) {}
        List<Part> parts = new ArrayList<>();
        for (YamlValue item : object.list("properties")) {
            YamlMapping property = item.mapping();
            if (property.flag("primaryKey", false)) {
                parts.add(
                        new Part(
                                property.requiredText("name"),
                                number(property.text("primaryKeyPosition"))));
            }
        }
        if (!parts.isEmpty()) {
            parts.sort(Comparator.comparingInt(Part::position));
            List<String> names = parts.stream().map(Part::name).toList();
            unique.add(new UniqueGroup(names, "primaryKey"));
        }
    }

    private static int number(@Nullable String text) {
        try {
            return text == null ? -1 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
