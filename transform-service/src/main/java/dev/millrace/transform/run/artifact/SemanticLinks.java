package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What metrics and saved queries depend on, which they name by measures and metrics. */
final class SemanticLinks {

    private final Map<String, OtherResource> metrics = new LinkedHashMap<>();
    private final Map<String, String> models = new LinkedHashMap<>();

    SemanticLinks(Manifest manifest) {
        for (OtherResource other : manifest.others().values()) {
            if (other.type() == ResourceType.METRIC) {
                metrics.putIfAbsent(other.name(), other);
            } else if (other.type() == ResourceType.SEMANTIC_MODEL) {
                for (Object measure : Entry.list(other.details().get("measures"))) {
                    models.putIfAbsent(name(measure), other.id());
                }
            }
        }
    }

    /** Ids of what a resource depends on: as it was read, or else by what it names. */
    List<String> parents(OtherResource other) {
        Set<String> parents = new LinkedHashSet<>(other.parents());
        if (other.type() == ResourceType.METRIC) {
            measures(other).stream()
                    .map(measure -> models.get(name(measure)))
                    .filter(model -> model != null && inputs(other).isEmpty())
                    .forEach(parents::add);
            inputs(other).stream()
                    .map(metrics::get)
                    .filter(metric -> metric != null)
                    .forEach(metric -> parents.add(metric.id()));
        } else if (other.type() == ResourceType.SAVED_QUERY) {
            Entry.list(Entry.map(other.details().get("query_params")).get("metrics")).stream()
                    .map(metric -> metrics.get(name(metric)))
                    .filter(metric -> metric != null)
                    .forEach(metric -> parents.add(metric.id()));
        }
        return List.copyOf(parents);
    }

    /** The measures that a metric comes down to, as they are written. */
    List<Object> measures(OtherResource metric) {
        List<Object> measures = new ArrayList<>();
        collect(metric, measures, new HashSet<>());
        return measures;
    }

    private void collect(OtherResource metric, List<Object> measures, Set<String> seen) {
        if (!seen.add(metric.id())) {
            return;
        }
        Map<?, ?> params = Entry.map(metric.details().get("type_params"));
        Map<?, ?> conversion = Entry.map(params.get("conversion_type_params"));
        add(params.get("measure"), measures);
        add(conversion.get("base_measure"), measures);
        add(conversion.get("conversion_measure"), measures);
        for (String input : inputs(metric)) {
            OtherResource other = metrics.get(input);
            if (other != null) {
                collect(other, measures, seen);
            }
        }
    }

    private static void add(@Nullable Object measure, List<Object> measures) {
        if (measure != null) {
            measures.add(measure);
        }
    }

    /** Names of the metrics that a metric is made of. */
    private static List<String> inputs(OtherResource metric) {
        Map<?, ?> params = Entry.map(metric.details().get("type_params"));
        List<String> inputs = new ArrayList<>();
        Entry.list(params.get("numerator")).forEach(each -> inputs.add(name(each)));
        Entry.list(params.get("denominator")).forEach(each -> inputs.add(name(each)));
        Entry.list(params.get("metrics")).forEach(each -> inputs.add(name(each)));
        return inputs;
    }

    private static String name(Object written) {
        return String.valueOf(written instanceof Map<?, ?> map ? map.get("name") : written);
    }
}
