package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query.And;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Query.Or;
import dev.millrace.serving.semantic.Query.TimeDimension;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Finds what a query names in the model, as its viewer sees it. */
final class QueryResolver {

    private final Sight sight;
    private final List<Filter> rows = new ArrayList<>();
    private final List<Filter> groups = new ArrayList<>();

    QueryResolver(Sight sight) {
        this.sight = sight;
    }

    /** The paths of all members that a query names. */
    static Set<String> paths(Query query) {
        Set<String> paths = new LinkedHashSet<>(query.measures());
        paths.addAll(query.dimensions());
        query.timeDimensions().forEach(time -> paths.add(time.dimension()));
        paths.addAll(query.segments());
        query.filters().forEach(filter -> conditions(filter).forEach(c -> paths.add(c.member())));
        return paths;
    }

    Selection resolve(Query query) {
        query.filters().forEach(this::sort);
        return new Selection(
                columns(query),
                rows,
                groups,
                query.segments().stream().map(this::segment).toList(),
                ranges(query),
                sight.rules(),
                query.ungrouped() ? Selection.Form.UNGROUPED : Selection.Form.GROUPED,
                Map.of());
    }

    private List<Column> columns(Query query) {
        Map<String, Column> byKey = new LinkedHashMap<>();
        query.dimensions().forEach(path -> add(byKey, new Column(dimension(path), null)));
        for (TimeDimension time : query.timeDimensions()) {
            Member.OfDimension member = timeDimension(time);
            if (time.granularity() != null) {
                add(byKey, new Column(member, time.granularity()));
            }
        }
        query.measures().forEach(path -> add(byKey, new Column(measure(path), null)));
        return List.copyOf(byKey.values());
    }

    private static void add(Map<String, Column> columns, Column column) {
        columns.putIfAbsent(column.key(), column);
    }

    private List<Selection.Range> ranges(Query query) {
        List<Selection.Range> ranges = new ArrayList<>();
        for (TimeDimension time : query.timeDimensions()) {
            Query.DateRange range = time.range();
            if (range != null) {
                ranges.add(new Selection.Range(timeDimension(time), range.from(), range.to()));
            }
        }
        return ranges;
    }

    private Member.OfMeasure measure(String path) {
        if (sight.member(path) instanceof Member.OfMeasure measure) {
            return measure;
        }
        throw otherKind(path);
    }

    private Member.OfDimension dimension(String path) {
        if (sight.member(path) instanceof Member.OfDimension dimension) {
            return dimension;
        }
        throw otherKind(path);
    }

    private Member.OfSegment segment(String path) {
        if (sight.member(path) instanceof Member.OfSegment segment) {
            return segment;
        }
        throw otherKind(path);
    }

    private static QueryException otherKind(String path) {
        return QueryException.user(
                "'%s' not found for path '%s'"
                        .formatted(path.substring(path.indexOf('.') + 1), path));
    }

    private Member.OfDimension timeDimension(TimeDimension time) {
        Member.OfDimension member = dimension(time.dimension());
        if (member.dimension().type() != Dimension.Type.TIME) {
            throw QueryException.user(
                    "'%s' is a dimension of type %s, and cannot be a time dimension"
                            .formatted(
                                    time.dimension(),
                                    member.dimension().type().name().toLowerCase(Locale.ROOT)));
        }
        return member;
    }

    /** Puts a filter with those on rows or those on groups. */
    private void sort(Filter filter) {
        if (filter instanceof And(List<Filter> all)) {
            all.forEach(this::sort);
            return;
        }
        List<Member> members = new ArrayList<>();
        boolean ofRows = false;
        boolean ofGroups = false;
        for (Condition condition : conditions(filter).toList()) {
            Member member = sight.member(condition.member());
            boolean group =
                    member instanceof Member.OfMeasure
                            && condition.operator() != Operator.MEASURE_FILTER;
            ofGroups |= group;
            ofRows |= !group;
            members.add(member);
            checkFiltered(member, condition);
        }
        if (ofRows && ofGroups) {
            throw QueryException.user(
                    "You cannot use dimension and measure in same condition: "
                            + String.join(
                                    ", ", members.stream().map(Member::path).distinct().toList()));
        }
        if (!members.isEmpty()) {
            (ofGroups ? groups : rows).add(filter);
        }
    }

    private static void checkFiltered(Member member, Condition condition) {
        if (member instanceof Member.OfSegment) {
            throw QueryException.user(
                    "'%s' is a segment; name it under 'segments'".formatted(member.path()));
        }
        if (condition.operator() == Operator.MEASURE_FILTER
                && !(member instanceof Member.OfMeasure)) {
            throw QueryException.user(
                    "'%s' is no measure, whose filters measureFilter could repeat"
                            .formatted(member.path()));
        }
    }

    static Stream<Condition> conditions(Filter filter) {
        return switch (filter) {
            case And(List<Filter> all) -> all.stream().flatMap(QueryResolver::conditions);
            case Or(List<Filter> any) -> any.stream().flatMap(QueryResolver::conditions);
            case Condition condition -> Stream.of(condition);
        };
    }
}
