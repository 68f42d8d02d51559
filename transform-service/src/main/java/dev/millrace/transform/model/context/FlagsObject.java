package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** {@code flags}: the options of the invocation. */
record FlagsObject(Invocation invocation) implements HasAttributes {

    @Override
    public @Nullable Object attribute(String name) {
        if (name.equals("get")) {
            return (Invocable)
                    arguments -> {
                        Arguments.Bound bound = arguments.bind(name, "key", "default");
                        Object found = attribute(bound.text("key"));
                        return found == null ? bound.get("default", None.NONE) : found;
                    };
        }
        return dict(invocation).get(name.toLowerCase(Locale.ROOT));
    }

    /** The options by their names in small letters. */
    static DictValue dict(Invocation invocation) {
        DictValue dict = new DictValue();
        dict.put("which", invocation.command());
        dict.put("invocation_command", "dbt " + invocation.command());
        dict.put("full_refresh", invocation.fullRefresh());
        dict.put("empty", invocation.empty());
        dict.put("store_failures", invocation.storeFailures());
        dict.put("strict_mode", false);
        dict.put("fail_fast", false);
        dict.put("partial_parse", true);
        dict.put("static_parser", true);
        dict.put("use_colors", false);
        dict.put("printer_width", 80L);
        dict.put("version_check", true);
        dict.put("warn_error", false);
        dict.put("write_json", true);
        dict.put("debug", false);
        dict.put("quiet", false);
        dict.put("introspect", true);
        dict.put("cache_selected_only", false);
        dict.put("indirect_selection", "eager");
        dict.put("vars", dev.millrace.transform.jinja.Values.of(invocation.vars()));
        dict.put("select", new ListValue());
        dict.put("exclude", new ListValue());
        return dict;
    }
}
