package dev.millrace.transform.run.artifact;

import dev.millrace.transform.jinja.CallSite;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.DbtSyntax;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the references in a properties file name.
 *
 * @param refs nodes, by name, package and version
 * @param sources source tables, by source and table
 * @param metrics metrics, by package and name
 */
record References(
        List<Map<String, @Nullable Object>> refs,
        List<List<String>> sources,
        List<List<String>> metrics) {

    /** Those of a list such as {@code [ref('orders'), source('shop', 'orders')]}. */
    static References in(@Nullable Object written) {
        References references =
                new References(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Object each : Entry.list(written)) {
            try {
                Template.parse("reference", "{{ " + each + " }}", DbtSyntax.SYNTAX)
                        .calls()
                        .forEach(references::add);
            } catch (JinjaException e) {
                // What refers to nothing was told when the project was read.
            }
        }
        return references;
    }

    private void add(CallSite call) {
        List<String> words = call.positional().stream().map(Values::text).toList();
        if (words.isEmpty()) {
            return;
        }
        switch (call.name()) {
            case "ref" -> {
                Object version = call.keywords().get("version");
                refs.add(
                        new Entry()
                                .put("name", words.getLast())
                                .put("package", words.size() > 1 ? words.getFirst() : null)
                                .put(
                                        "version",
                                        version == null ? call.keywords().get("v") : version)
                                .values());
            }
            case "source" -> sources.add(words);
            case "metric" -> metrics.add(words);
            default -> {}
        }
    }
}
