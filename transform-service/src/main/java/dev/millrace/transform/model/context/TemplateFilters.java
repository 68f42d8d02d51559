package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Filter;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Values;

import java.util.Locale;
import java.util.Map;

/** The filters that dbt has beside Jinja's: what a rendered value is to be taken for. */
final class TemplateFilters {

    static final Map<String, Filter> ALL =
            Map.of(
                    "as_bool", (value, arguments) -> flag(Values.text(value)),
                    "as_text", (value, arguments) -> Values.text(value),
                    "as_native", (value, arguments) -> value,
                    "as_number", (value, arguments) -> number(Values.text(value)));

    private TemplateFilters() {}

    private static Object flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new JinjaException("'" + text + "' is neither true nor false");
        };
    }

    private static Object number(String text) {
        try {
            return text.contains(".") ? (Object) Double.valueOf(text) : (Object) Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new JinjaException("'" + text + "' is no number");
        }
    }
}
