package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads settings, in the tree of dbt_project.yml and in the {@code config} of a properties file.
 */
final class ConfigReader {

    private static final int SETTINGS_WITHOUT_PLUS_DEPTH = 64;

    private final Set<String> known;

    ConfigReader(Set<String> known) {
        this.known = known;
    }

    /** The settings below {@code models:} or {@code seeds:} of dbt_project.yml. */
    ConfigNode tree(YamlValue value) {
        return tree(value, 0);
    }

    private ConfigNode tree(YamlValue value, int depth) {
        YamlMapping mapping = value.mapping();
        Map<String, ConfigValue> settings = new LinkedHashMap<>();
        Map<String, ConfigNode> children = new LinkedHashMap<>();
        mapping.entries()
                .forEach(
                        (key, entry) -> {
                            if (key.startsWith("+")) {
                                setting(mapping, key, key.substring(1), entry, settings);
                            } else if (known.contains(KnownConfigs.canonical(key))
                                    && !entry.isMapping()) {
                                setting(mapping, key, key, entry, settings);
                            } else if (entry.isMapping() && depth < SETTINGS_WITHOUT_PLUS_DEPTH) {
                                children.put(key, tree(entry, depth + 1));
                            } else if (!entry.isNull()) {
                                mapping.reject(
                                        key,
                                        "'"
                                                + key
                                                + "' is neither a directory with settings nor a"
                                                + " setting"
                                                + NearestName.hint(key, known));
                            }
                        });
        return new ConfigNode(settings, children);
    }

    /** The settings of one node. */
    Map<String, ConfigValue> flat(YamlMapping mapping) {
        Map<String, ConfigValue> settings = new LinkedHashMap<>();
        mapping.entries().forEach((key, value) -> setting(mapping, key, key, value, settings));
        return settings;
    }

    private void setting(
            YamlMapping mapping,
            String key,
            String name,
            YamlValue value,
            Map<String, ConfigValue> settings) {
        String canonical = KnownConfigs.canonical(name);
        if (!known.contains(canonical)) {
            mapping.reject(
                    key,
                    "unknown setting '"
                            + name
                            + "'"
                            + NearestName.hint(canonical, known)
                            + (canonical.equals("meta")
                                    ? ""
                                    : " (a setting of your own belongs under 'meta')"));
            return;
        }
        Position position = value.position();
        Optional.ofNullable(value.plain())
                .ifPresent(plain -> settings.put(canonical, new ConfigValue(plain, position)));
    }
}
