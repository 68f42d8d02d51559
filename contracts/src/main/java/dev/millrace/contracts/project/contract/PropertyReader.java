package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads what a contract says of one property, and of those within it. */
final class PropertyReader {

    private final YamlMapping property;
    private final String path;
    private final boolean isColumn;
    private final @Nullable LogicalType type;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Unenforced> unenforced = new ArrayList<>();

    /**
     * @param isColumn whether its values are a column, and not the items of an array or within them
     */
    private PropertyReader(YamlMapping property, String path, boolean isColumn) {
        this.property = property;
        this.path = path;
        this.isColumn = isColumn;
        String word = property.text("logicalType");
        this.type = word == null ? null : LogicalType.of(word);
    }

    /** The properties of an object; what of them is not enforced goes to the list as well. */
    static List<Property> properties(YamlMapping parent, String path, List<Unenforced> all) {
        return properties(parent, path, true, all);
    }

    private static List<Property> properties(
            YamlMapping parent, String path, boolean areColumns, List<Unenforced> all) {
        List<Property> properties = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (YamlValue item : parent.list("properties")) {
            YamlMapping mapping = item.mapping();
            ContractReader.rejectSecond(mapping, "property", lines);
            String name = mapping.requiredText("name");
            String at = path.isEmpty() ? name : path + "." + name;
            Property read = new PropertyReader(mapping, at, areColumns).read();
            properties.add(read);
            all.addAll(read.unenforced());
        }
        return properties;
    }

    private Property read() {
        YamlMapping options =
                property.take("logicalTypeOptions").map(YamlValue::mapping).orElse(null);
        TemporalForm temporal = temporal(options);
        if (property.flag("required", false)) {
            rules.add(new Rule.Required("required"));
        } else if (property.flag("primaryKey", false)) {
            rules.add(new Rule.Required("primaryKey"));
        }
        if (property.flag("unique", false)) {
            unique("unique");
        }
        if (options != null) {
            new OptionsReader(options, path, type, temporal, rules, unenforced).read();
        }
        for (YamlValue check : property.list("quality")) {
            QualityReader.ofProperty(check.mapping(), path, this::unique, rules, unenforced);
        }
        for (YamlValue relationship : property.list("relationships")) {
            unenforced.add(ContractReader.relationship(relationship, path));
        }
        List<Property> members = properties(property, path, isColumn, unenforced);
        Property items =
                property.take("items")
                        .map(item -> new PropertyReader(item.mapping(), path + "[]", false).read())
                        .orElse(null);
        if (items != null) {
            unenforced.addAll(items.unenforced());
        }
        String name = property.text("name");
        return new Property(
                name == null ? "" : name,
                property.text("physicalName"),
                type,
                temporal,
                property.text("physicalType"),
                property.text("classification"),
                rules,
                members,
                items,
                unenforced);
    }

    private void unique(String rule) {
        if (isColumn) {
            rules.add(new Rule.Unique(rule));
        } else {
            unenforced.add(
                    new Unenforced(
                            property.position(),
                            path,
                            rule,
                            "what is within an array has no column of its own"));
        }
    }

    private @Nullable TemporalForm temporal(@Nullable YamlMapping options) {
        if (type != LogicalType.DATE && type != LogicalType.TIMESTAMP && type != LogicalType.TIME) {
            return null;
        }
        if (options == null) {
            return new TemporalForm(type, null, zoneOfStorage(), null);
        }
        String format = options.text("format");
        Boolean timezone =
                options.take("timezone").isPresent()
                        ? Boolean.valueOf(options.flag("timezone", false))
                        : zoneOfStorage();
        ZoneId zone = zone(options);
        try {
            TemporalForm form = new TemporalForm(type, format, timezone, zone);
            if (!form.isComplete()) {
                options.reject(
                        "format",
                        "'%s' does not make a %s of what it reads".formatted(format, type.word()));
            }
            return form;
        } catch (IllegalArgumentException e) {
            options.reject(
                    "format",
                    "'%s' is no pattern of dates and times, such as yyyy-MM-dd HH:mm:ssXXX: %s"
                            .formatted(format, e.getMessage()));
            return new TemporalForm(type, null, timezone, zone);
        }
    }

    /** Whether the physical type of a timestamp has a zone, if it says so. */
    private @Nullable Boolean zoneOfStorage() {
        String stored = property.text("physicalType");
        if (stored == null || type != LogicalType.TIMESTAMP) {
            return null;
        }
        String words = stored.toLowerCase(Locale.ROOT);
        if (words.contains("without") || words.contains("ntz")) {
            return false;
        }
        boolean with = words.contains("with time zone") || words.contains("timestamptz");
        return with ? Boolean.TRUE : null;
    }

    private static @Nullable ZoneId zone(YamlMapping options) {
        String zone = options.text("defaultTimezone");
        if (zone == null) {
            return null;
        }
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            options.reject(
                    "defaultTimezone",
                    "'" + zone + "' is no time zone, such as Europe/Berlin or UTC");
            return null;
        }
    }
}
