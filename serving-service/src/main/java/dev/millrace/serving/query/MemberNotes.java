package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.About;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.serving.semantic.Member;
import dev.millrace.serving.semantic.SemanticModel;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Describes single members as Cube does. */
final class MemberNotes {

    private final SemanticModel model;

    MemberNotes(SemanticModel model) {
        this.model = model;
    }

    /** What all kinds of members have. */
    Map<String, Object> common(String path, String cubeTitle, About about, String name) {
        String shortTitle = about.title() == null ? Titles.of(name) : about.title();
        boolean shown = model.member(path).shown();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", path);
        map.put("title", cubeTitle + " " + shortTitle);
        map.put("shortTitle", shortTitle);
        putIfThere(map, "description", about.description());
        putIfThere(map, "meta", about.meta());
        map.put("isVisible", shown);
        map.put("public", shown);
        return map;
    }

    Map<String, Object> measure(
            String path,
            String cubeTitle,
            About about,
            String name,
            Measure measure,
            @Nullable String format) {
        Map<String, Object> map = common(path, cubeTitle, about, name);
        putIfThere(map, "format", format);
        putIfThere(map, "currency", measure.currency());
        map.put("cumulativeTotal", measure.window() != null);
        map.put("cumulative", measure.window() != null);
        map.put(
                "type",
                switch (measure.type()) {
                    case STRING -> "string";
                    case TIME -> "time";
                    case BOOLEAN -> "boolean";
                    default -> "number";
                });
        map.put("aggType", camelCase(measure.type().name()));
        map.put("drillMembers", measure.drillMembers());
        map.put("drillMembersGrouped", grouped(measure.drillMembers()));
        return map;
    }

    private Map<String, Object> grouped(List<String> drillMembers) {
        List<String> measures = new ArrayList<>();
        List<String> dimensions = new ArrayList<>();
        for (String path : drillMembers) {
            (model.member(path) instanceof Member.OfMeasure ? measures : dimensions).add(path);
        }
        return Map.of("measures", measures, "dimensions", dimensions);
    }

    Map<String, Object> dimension(
            String path,
            String cubeTitle,
            About about,
            String name,
            Dimension dimension,
            @Nullable String format) {
        Map<String, Object> map = common(path, cubeTitle, about, name);
        map.put("type", dimension.type().name().toLowerCase(Locale.ROOT));
        putIfThere(map, "format", format);
        map.put("suggestFilterValues", dimension.suggestFilterValues());
        map.put("primaryKey", dimension.primaryKey());
        if (!dimension.granularities().isEmpty()) {
            map.put(
                    "granularities",
                    dimension.granularities().stream().map(MemberNotes::granularity).toList());
        }
        return map;
    }

    static Map<String, Object> granularity(Dimension.Granularity granularity) {
        Map<String, Object> map = new LinkedHashMap<>();
        String title = granularity.title();
        map.put("name", granularity.name());
        map.put("title", title == null ? Titles.of(granularity.name()) : title);
        map.put("interval", granularity.interval());
        putIfThere(map, "offset", granularity.offset());
        putIfThere(map, "origin", granularity.origin());
        return map;
    }

    static String camelCase(String constant) {
        StringBuilder camel = new StringBuilder();
        for (String word : constant.toLowerCase(Locale.ROOT).split("_", -1)) {
            camel.append(
                    camel.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }

    static void putIfThere(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
