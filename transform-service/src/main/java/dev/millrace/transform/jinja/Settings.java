package dev.millrace.transform.jinja;

import java.util.Map;

/**
 * How templates are rendered.
 *
 * @param filters filters beyond Jinja's own
 * @param limits what a rendering may use up
 * @param undefineds what may be done with what has no value
 * @param imports where {@code {% import %}} finds templates
 */
public record Settings(
        Map<String, Filter> filters, Limits limits, Undefineds undefineds, Imports imports) {

    public static final Settings DEFAULT =
            new Settings(Map.of(), Limits.DEFAULT, Undefineds.STRICT, Imports.NONE);

    public Settings {
        filters = Map.copyOf(filters);
    }

    public Settings withFilters(Map<String, Filter> others) {
        return new Settings(others, limits, undefineds, imports);
    }

    public Settings withLimits(Limits others) {
        return new Settings(filters, others, undefineds, imports);
    }

    public Settings withUndefineds(Undefineds others) {
        return new Settings(filters, limits, others, imports);
    }

    public Settings withImports(Imports others) {
        return new Settings(filters, limits, undefineds, others);
    }
}
