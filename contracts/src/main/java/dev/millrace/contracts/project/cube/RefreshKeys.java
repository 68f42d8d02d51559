package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

/** Checks {@code refresh_key}; what is served is always read from the warehouse as it is. */
final class RefreshKeys {

    private RefreshKeys() {}

    static void check(YamlMapping owner) {
        owner.take("refresh_key")
                .ifPresent(
                        found -> {
                            YamlMapping key = found.mapping();
                            key.take("every").ifPresent(YamlValue::text);
                            key.take("sql").ifPresent(SqlTemplateReader::read);
                            key.take("timezone").ifPresent(YamlValue::text);
                            key.flag("incremental", false);
                            CubeKeys.interval(key, "update_window");
                            key.flag("immutable", false);
                            key.rejectUnknown();
                        });
    }
}
