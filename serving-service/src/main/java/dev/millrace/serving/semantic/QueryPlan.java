package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query.And;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Query.Or;
import dev.millrace.serving.semantic.Query.Order;
import dev.millrace.serving.semantic.Query.TimeDimension;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a query asks for, found in the model, and how its rows come together.
 *
 * @param rows filters on rows
 * @param groups filters on measures
 * @param apart aggregates that must not see the rows that the join multiplies, by their cube
 * @param together the other aggregates
 */
record QueryPlan(
        Query query,
        List<Column> columns,
        List<Filter> rows,
        List<Filter> groups,
        List<Member.OfSegment> segments,
        JoinTree tree,
        List<Leaf> together,
        Map<String, List<Leaf>> apart,
        List<Order> order) {

    static QueryPlan of(SemanticModel model, Aggregates aggregates, Query query) {
        List<Column> columns = columns(model, query);
        List<Filter> rows = new ArrayList<>();
        List<Filter> groups = new ArrayList<>();
        List<Member.OfSegment> segments = query.segments().stream().map(model::segment).toList();
        List<Member> filtered = new ArrayList<>();
        for (Filter filter : query.filters()) {
            sort(model, filter, rows, groups, filtered);
        }
        List<Member> all = new ArrayList<>();
        columns.stream().map(Column::member).filter(QueryPlan::isMeasure).forEach(all::add);
        columns.stream()
                .filter(column -> column.granularity() == null)
                .map(Column::member)
                .filter(member -> !isMeasure(member))
                .forEach(all::add);
        all.addAll(segments);
        all.addAll(filtered);
        query.timeDimensions().forEach(time -> all.add(timeDimension(model, time)));
        JoinTree tree = model.joins().tree(ways(model, all));
        refuseGuarded(model, tree);
        List<Leaf> together = new ArrayList<>();
        Map<String, List<Leaf>> apart = new LinkedHashMap<>();
        if (query.ungrouped()) {
            checkUngrouped(model, query, tree, groups);
        } else {
            for (Leaf leaf : leaves(aggregates, columns, filtered)) {
                if (tree.multiplies(leaf.cube().name()) && !Aggregates.bearsCopies(leaf)) {
                    apart.computeIfAbsent(leaf.cube().name(), _ -> new ArrayList<>()).add(leaf);
                } else {
                    together.add(leaf);
                }
            }
        }
        return new QueryPlan(
                query,
                columns,
                rows,
                groups,
                segments,
                tree,
                together,
                apart,
                order(query, columns));
    }

    private static List<Column> columns(SemanticModel model, Query query) {
        Map<String, Column> byKey = new LinkedHashMap<>();
        query.dimensions().forEach(path -> add(byKey, new Column(model.dimension(path), null)));
        for (TimeDimension time : query.timeDimensions()) {
            if (time.granularity() != null) {
                add(byKey, new Column(timeDimension(model, time), time.granularity()));
            }
        }
        query.measures().forEach(path -> add(byKey, new Column(model.measure(path), null)));
        return List.copyOf(byKey.values());
    }

    private static void add(Map<String, Column> columns, Column column) {
        columns.putIfAbsent(column.key(), column);
    }

    private static Member.OfDimension timeDimension(SemanticModel model, TimeDimension time) {
        Member.OfDimension member = model.dimension(time.dimension());
        if (member.dimension().type() != Dimension.Type.TIME) {
            throw QueryException.user(
                    "'%s' is a dimension of type %s, and cannot be a time dimension"
                            .formatted(
                                    time.dimension(),
                                    member.dimension()
                                            .type()
                                            .name()
                                            .toLowerCase(java.util.Locale.ROOT)));
        }
        return member;
    }

    /** Puts a filter with those on rows or those on groups. */
    private static void sort(
            SemanticModel model,
            Filter filter,
            List<Filter> rows,
            List<Filter> groups,
            List<Member> filtered) {
        if (filter instanceof And(List<Filter> all)) {
            all.forEach(inner -> sort(model, inner, rows, groups, filtered));
            return;
        }
        List<Member> members =
                conditions(filter).map(condition -> model.member(condition.member())).toList();
        if (members.isEmpty()) {
            return;
        }
        if (conditions(filter).anyMatch(c -> c.operator() == Operator.MEASURE_FILTER)) {
            throw QueryException.notOffered("The filter operator measureFilter");
        }
        long measures = members.stream().filter(QueryPlan::isMeasure).count();
        if (measures > 0 && measures < members.size()) {
            throw QueryException.user(
                    "You cannot use dimension and measure in same condition: "
                            + String.join(
                                    ", ", members.stream().map(Member::path).distinct().toList()));
        }
        members.stream()
                .filter(Member.OfSegment.class::isInstance)
                .findFirst()
                .ifPresent(
                        segment -> {
                            throw QueryException.user(
                                    "'%s' is a segment; name it under 'segments'"
                                            .formatted(segment.path()));
                        });
        filtered.addAll(members);
        (measures > 0 ? groups : rows).add(filter);
    }

    private static Stream<Condition> conditions(Filter filter) {
        return switch (filter) {
            case And(List<Filter> all) -> all.stream().flatMap(QueryPlan::conditions);
            case Or(List<Filter> any) -> any.stream().flatMap(QueryPlan::conditions);
            case Condition condition -> Stream.of(condition);
        };
    }

    private static List<List<String>> ways(SemanticModel model, List<Member> members) {
        List<List<String>> ways = new ArrayList<>();
        for (Member member : members) {
            ways.add(member.way());
            for (String needed : model.needs().of(member)) {
                if (!member.way().contains(needed)) {
                    ways.add(
                            member.way().size() == 1
                                    ? List.of(needed)
                                    : Stream.concat(member.way().stream(), Stream.of(needed))
                                            .toList());
                }
            }
        }
        return ways;
    }

    private static void refuseGuarded(SemanticModel model, JoinTree tree) {
        tree.cubes()
                .map(cube -> model.names().cube(cube).orElseThrow())
                .filter(Cube::guarded)
                .findFirst()
                .ifPresent(
                        cube -> {
                            throw QueryException.user(
                                    "The cube '%s' has an access policy, which this version of"
                                                    .formatted(cube.name())
                                            + " Millrace does not enforce; it is therefore not"
                                            + " served");
                        });
    }

    private static void checkUngrouped(
            SemanticModel model, Query query, JoinTree tree, List<Filter> groups) {
        if (!groups.isEmpty()) {
            throw QueryException.user("Measure filters aren't allowed in ungrouped query");
        }
        List<String> missing =
                tree.cubes()
                        .map(cube -> model.names().cube(cube).orElseThrow())
                        .flatMap(cube -> missingKeys(model, cube, query))
                        .toList();
        if (!missing.isEmpty()) {
            throw QueryException.user(
                    "Ungrouped query requires primary keys to be present in dimensions: %s. Pass allowUngroupedWithoutPrimaryKey option to disable this check."
                            .formatted(String.join(", ", missing)));
        }
    }

    private static Stream<String> missingKeys(SemanticModel model, Cube cube, Query query) {
        return cube.primaryKey().stream()
                .filter(
                        key ->
                                query.dimensions().stream()
                                        .map(model::dimension)
                                        .noneMatch(
                                                d ->
                                                        d.cube().name().equals(cube.name())
                                                                && d.dimension()
                                                                        .name()
                                                                        .equals(key.name())))
                .map(key -> "'" + cube.name() + "." + key.name() + "'");
    }

    private static Collection<Leaf> leaves(
            Aggregates aggregates, List<Column> columns, List<Member> filtered) {
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        Stream.concat(columns.stream().map(Column::member), filtered.stream())
                .filter(Member.OfMeasure.class::isInstance)
                .map(Member.OfMeasure.class::cast)
                .forEach(m -> leaves.putAll(aggregates.leaves(m.cube(), m.measure())));
        return leaves.values();
    }

    /** The order asked for, or Cube's own: by time, else by the first measure, else dimension. */
    private static List<Order> order(Query query, List<Column> columns) {
        if (!query.order().isEmpty()) {
            return query.order();
        }
        for (Column column : columns) {
            if (column.granularity() != null) {
                return List.of(new Order(column.member().path(), false));
            }
        }
        if (!query.measures().isEmpty() && !query.dimensions().isEmpty()) {
            return List.of(new Order(query.measures().getFirst(), true));
        }
        return query.dimensions().isEmpty()
                ? List.of()
                : List.of(new Order(query.dimensions().getFirst(), false));
    }

    static boolean isMeasure(Member member) {
        return member instanceof Member.OfMeasure;
    }

    /** Whether aggregates must be computed apart from each other. */
    boolean isSplit() {
        return !apart.isEmpty();
    }

    /** The columns that rows are grouped by. */
    List<Column> keys() {
        return columns.stream().filter(column -> !isMeasure(column.member())).toList();
    }

    /** The position in the result of a member that the result is ordered by; 0 if it has none. */
    int position(Order item) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.key().equals(item.member())
                    || Objects.equals(column.member().path(), item.member())) {
                return i + 1;
            }
        }
        return 0;
    }
}
