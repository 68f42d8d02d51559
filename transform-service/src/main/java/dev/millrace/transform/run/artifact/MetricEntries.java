package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.OtherResource;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Metrics as {@code manifest.json} has them. */
final class MetricEntries {

    private static final Pattern WINDOW = Pattern.compile("\\s*(\\d{1,9})\\s+([a-z]+?)s?\\s*");

    private final ManifestContents contents;
    private final OtherEntries others;
    private final SemanticLinks links;

    MetricEntries(ManifestContents contents, OtherEntries others, SemanticLinks links) {
        this.contents = contents;
        this.others = others;
        this.links = links;
    }

    Map<String, @Nullable Object> of(OtherResource metric) {
        Entry entry = others.begun(metric);
        entry.put("description", others.described(metric));
        entry.put("label", entry.written("label") == null ? metric.name() : entry.written("label"));
        entry.takeText("type").put("type_params", parameters(metric));
        entry.put("filter", filter(entry.written("filter"))).put("metadata", null);
        entry.put("meta", OtherEntries.meta(metric)).put("tags", metric.tags());
        entry.put("config", SemanticEntries.config(metric));
        entry.put("unrendered_config", OtherEntries.config(metric));
        entry.put("sources", List.of());
        entry.put("depends_on", OtherEntries.dependsOn(links.parents(metric)));
        entry.put("refs", List.of()).put("metrics", List.of());
        entry.put("created_at", contents.createdAt());
        entry.put("group", OtherEntries.config(metric).get("group"));
        return entry.values();
    }

    private Map<String, @Nullable Object> parameters(OtherResource metric) {
        Map<?, ?> written = Entry.map(metric.details().get("type_params"));
        Entry params = new Entry(written);
        params.put(
                "measure", written.get("measure") == null ? null : measure(written.get("measure")));
        List<Object> measures = new ArrayList<>();
        links.measures(metric).forEach(each -> measures.add(measure(each)));
        params.put("input_measures", measures);
        params.put("numerator", input(written.get("numerator")));
        params.put("denominator", input(written.get("denominator")));
        params.takeText("expr").put("window", window(written.get("window")));
        params.takeText("grain_to_date");
        List<Object> inputs = new ArrayList<>();
        Entry.list(written.get("metrics")).forEach(each -> inputs.add(input(each)));
        params.put("metrics", inputs);
        Map<?, ?> conversion = Entry.map(written.get("conversion_type_params"));
        params.put("conversion_type_params", conversion.isEmpty() ? null : conversion(conversion));
        return params.values();
    }

    private static Map<String, @Nullable Object> conversion(Map<?, ?> written) {
        return new Entry(written)
                .put("base_measure", measure(written.get("base_measure")))
                .put("conversion_measure", measure(written.get("conversion_measure")))
                .takeText("entity")
                .takeOr("calculation", "conversion_rate")
                .put("window", window(written.get("window")))
                .take("constant_properties")
                .values();
    }

    private static Map<String, @Nullable Object> measure(@Nullable Object written) {
        return named(written)
                .put("filter", filter(Entry.map(written).get("filter")))
                .takeText("alias")
                .takeOr("join_to_timespine", false)
                .take("fill_nulls_with")
                .values();
    }

    private static @Nullable Map<String, @Nullable Object> input(@Nullable Object written) {
        return written == null
                ? null
                : named(written)
                        .put("filter", filter(Entry.map(written).get("filter")))
                        .takeText("alias")
                        .put("offset_window", window(Entry.map(written).get("offset_window")))
                        .takeText("offset_to_grain")
                        .values();
    }

    private static Entry named(@Nullable Object written) {
        Entry entry = new Entry(Entry.map(written));
        return written instanceof Map<?, ?>
                ? entry.takeText("name")
                : entry.put("name", String.valueOf(written));
    }

    /** Conditions, written as one or as a list. */
    static @Nullable Object filter(@Nullable Object written) {
        if (written == null) {
            return null;
        }
        List<Object> filters = new ArrayList<>();
        for (Object each : Entry.list(written)) {
            filters.add(new Entry().put("where_sql_template", String.valueOf(each)).values());
        }
        return new Entry().put("where_filters", filters).values();
    }

    /** A span of time such as {@code 28 days}. */
    private static @Nullable Object window(@Nullable Object written) {
        Matcher window = WINDOW.matcher(String.valueOf(written));
        return written == null || !window.matches()
                ? null
                : new Entry()
                        .put("count", Long.valueOf(window.group(1)))
                        .put("granularity", window.group(2))
                        .values();
    }
}
