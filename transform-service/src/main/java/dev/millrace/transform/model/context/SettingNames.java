package dev.millrace.transform.model.context;

import java.util.Map;

/** The names of settings that may be written in more than one way. */
public final class SettingNames {

    private static final Map<String, String> OTHER =
            Map.of("pre_hook", "pre-hook", "post_hook", "post-hook", "dbname", "database");

    private SettingNames() {}

    /** The name by which dbt keeps a setting. */
    public static String canonical(String name) {
        return OTHER.getOrDefault(name, name);
    }
}
