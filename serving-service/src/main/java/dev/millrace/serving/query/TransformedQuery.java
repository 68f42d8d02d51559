package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.CompiledQuery.Leaf;
import dev.millrace.serving.semantic.Member;
import dev.millrace.serving.semantic.Query;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What Cube's own tools ask of a query when they look for a rollup that could answer it. */
final class TransformedQuery {

    private static final Map<String, List<String>> HIERARCHIES = hierarchies();

    private TransformedQuery() {}

    private static Map<String, List<String>> hierarchies() {
        List<String> fine = List.of("day", "hour", "minute", "second");
        Map<String, List<String>> map = new LinkedHashMap<>();
        // Cube writes month twice here.
        map.put("year", join(List.of("year", "quarter", "month", "month"), fine));
        map.put("quarter", join(List.of("quarter", "month"), fine));
        map.put("month", join(List.of("month"), fine));
        map.put("week", join(List.of("week"), fine));
        for (int i = 0; i < fine.size(); i++) {
            map.put(fine.get(i), fine.subList(i, fine.size()));
        }
        return map;
    }

    private static List<String> join(List<String> coarse, List<String> fine) {
        return java.util.stream.Stream.concat(coarse.stream(), fine.stream()).toList();
    }

    static Map<String, Object> of(Query query, CompiledQuery compiled) {
        List<Leaf> leaves =
                compiled.leaves().values().stream().flatMap(List::stream).distinct().toList();
        List<List<String>> times =
                compiled.columns().stream()
                        .filter(column -> column.granularity() != null)
                        .map(c -> List.of(c.member().path(), String.valueOf(c.granularity())))
                        .toList();
        List<List<String>> sortedTimes =
                times.stream().sorted(Comparator.comparing(t -> String.join(".", t))).toList();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sortedDimensions", query.dimensions().stream().sorted().toList());
        map.put("sortedTimeDimensions", sortedTimes);
        map.put("timeDimensions", times);
        map.put("measures", query.measures());
        map.put("leafMeasureAdditive", leaves.stream().allMatch(Leaf::isAdditive));
        map.put("leafMeasures", leaves.stream().map(Leaf::path).toList());
        Map<String, Object> byMeasure = new LinkedHashMap<>();
        compiled.leaves()
                .forEach(
                        (measure, list) ->
                                byMeasure.put(
                                        measure,
                                        list.stream().map(TransformedQuery::leaf).toList()));
        map.put("measureToLeafMeasures", byMeasure);
        map.put(
                "hasNoTimeDimensionsWithoutGranularity",
                query.timeDimensions().stream().allMatch(t -> t.granularity() != null));
        map.put("allFiltersWithinSelectedDimensions", areFiltersSelected(query));
        map.put(
                "isAdditive",
                compiled.columns().stream()
                        .map(Column::member)
                        .allMatch(TransformedQuery::isAdditive));
        map.put("granularityHierarchies", HIERARCHIES);
        map.put("hasMultipliedMeasures", compiled.split());
        map.put("hasCumulativeMeasures", compiled.rolling());
        map.put("windowGranularity", null);
        map.put("filterDimensionsSingleValueEqual", Map.of());
        map.put("ownedDimensions", query.dimensions());
        map.put("ownedTimeDimensionsWithRollupGranularity", times);
        map.put("ownedTimeDimensionsAsIs", times);
        map.put("allBackAliasMembers", Map.of());
        map.put("hasPostAggregate", false);
        return map;
    }

    private static Map<String, Object> leaf(Leaf leaf) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("measure", leaf.path());
        map.put("additive", leaf.isAdditive());
        map.put("type", MemberNotes.camelCase(leaf.type().name().toLowerCase(Locale.ROOT)));
        return map;
    }

    private static boolean isAdditive(Member member) {
        if (!(member instanceof Member.OfMeasure measure)) {
            return true;
        }
        Measure.Type type = measure.measure().type();
        return !type.isCalculated() && new Leaf(measure.path(), type).isAdditive();
    }

    private static boolean areFiltersSelected(Query query) {
        return query.filters().stream().allMatch(filter -> isSelected(filter, query));
    }

    private static boolean isSelected(Query.Filter filter, Query query) {
        return switch (filter) {
            case Query.And(List<Query.Filter> all) ->
                    all.stream().allMatch(inner -> isSelected(inner, query));
            case Query.Or(List<Query.Filter> any) ->
                    any.stream().allMatch(inner -> isSelected(inner, query));
            case Query.Condition condition -> query.dimensions().contains(condition.member());
        };
    }
}
