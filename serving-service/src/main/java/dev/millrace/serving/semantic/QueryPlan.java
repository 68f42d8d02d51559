package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Needs.SubQuery;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How the rows of a selection come together.
 *
 * @param selection what is selected, without filters on what a query chooses
 * @param tree the cubes that all members need
 * @param subQueries those that the joined rows need
 * @param switches what the query chooses
 * @param together aggregates over the joined rows
 * @param apart aggregates that must not see the rows that the join multiplies, by their cube
 * @param rolling aggregates over a window around each point in time
 * @param staged measures that are computed over what other measures came to
 * @param rollup whose rows are read in place of those of the joined cubes; null if none
 */
record QueryPlan(
        Selection selection,
        JoinTree tree,
        Set<SubQuery> subQueries,
        Switches switches,
        List<Leaf> together,
        Map<String, List<Leaf>> apart,
        List<Leaf> rolling,
        List<Leaf> staged,
        RollupTable.@Nullable Rows rollup) {

    static QueryPlan of(Compilation compilation, Selection whole) {
        SemanticModel model = compilation.model();
        Switches switches = Switches.of(compilation, whole);
        Selection selection = whole.filtered(switches.rows());
        List<Member> filtered = new ArrayList<>();
        Stream.of(selection.rows(), selection.groups())
                .flatMap(List::stream)
                .flatMap(QueryResolver::conditions)
                .map(Condition::member)
                .map(compilation.sight()::member)
                .forEach(filtered::add);
        List<Member> all = members(model, selection, filtered);
        JoinTree tree = model.joins().tree(ways(model, all));
        List<Leaf> together = new ArrayList<>();
        Map<String, List<Leaf>> apart = new LinkedHashMap<>();
        List<Leaf> rolling = new ArrayList<>();
        List<Leaf> staged = new ArrayList<>();
        switch (selection.form()) {
            case UNGROUPED -> checkUngrouped(model, selection, tree);
            case VALUES -> {}
            case GROUPED -> {
                for (Leaf leaf : leaves(new Aggregates(model, switches), selection, filtered)) {
                    if (leaf.measure().isStaged()) {
                        staged.add(leaf);
                    } else if (leaf.measure().window() != null) {
                        rolling.add(leaf);
                    } else if (tree.multiplies(leaf.cube().name())
                            && !Aggregates.bearsCopies(leaf)) {
                        apart.computeIfAbsent(leaf.cube().name(), _ -> new ArrayList<>()).add(leaf);
                    } else {
                        together.add(leaf);
                    }
                }
            }
        }
        return new QueryPlan(
                selection,
                tree,
                subQueries(model, all),
                switches,
                List.copyOf(together),
                apart,
                List.copyOf(rolling),
                List.copyOf(staged),
                null);
    }

    /** The same over the rows of a rollup, which has to fit. */
    QueryPlan over(RollupTable.Rows rows) {
        List<Leaf> leaves = new ArrayList<>(together);
        apart.values().forEach(leaves::addAll);
        return new QueryPlan(
                selection,
                new JoinTree(tree.root(), List.of()),
                Set.of(),
                switches,
                List.copyOf(leaves),
                Map.of(),
                rolling,
                staged,
                rows);
    }

    private static List<Member> members(
            SemanticModel model, Selection selection, List<Member> filtered) {
        List<Member> all = new ArrayList<>(selection.measures());
        selection.keys().stream()
                .filter(column -> column.granularity() == null)
                .map(Column::member)
                .forEach(all::add);
        all.addAll(selection.segments());
        all.addAll(filtered);
        selection.keys().stream()
                .filter(column -> column.granularity() != null)
                .map(Column::member)
                .forEach(all::add);
        selection.ranges().forEach(range -> all.add(range.dimension()));
        for (Filter rule : selection.rules()) {
            QueryResolver.conditions(rule).forEach(c -> all.add(model.member(c.member())));
        }
        all.removeIf(QueryPlan::isChosen);
        if (all.isEmpty()) {
            throw QueryException.user(
                    "a query needs something beside dimensions of type switch, which stand in no"
                            + " row");
        }
        return all;
    }

    private static boolean isChosen(Member member) {
        return member instanceof Member.OfDimension d
                && d.dimension().expression() instanceof Dimension.Switch;
    }

    private static Set<SubQuery> subQueries(SemanticModel model, List<Member> all) {
        Set<SubQuery> found = new LinkedHashSet<>();
        all.forEach(member -> found.addAll(model.needs().of(member).subQueries()));
        return found;
    }

    private static List<List<String>> ways(SemanticModel model, List<Member> members) {
        List<List<String>> ways = new ArrayList<>();
        for (Member member : members) {
            ways.add(member.way());
            for (String needed : model.needs().of(member).cubes()) {
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

    private static void checkUngrouped(SemanticModel model, Selection selection, JoinTree tree) {
        if (!selection.groups().isEmpty()) {
            throw QueryException.user("Measure filters aren't allowed in ungrouped query");
        }
        List<String> missing =
                tree.cubes()
                        .map(cube -> model.names().cube(cube).orElseThrow())
                        .flatMap(cube -> missingKeys(cube, selection))
                        .toList();
        if (!missing.isEmpty()) {
            throw QueryException.user(
                    "Ungrouped query requires primary keys to be present in dimensions: %s. Pass allowUngroupedWithoutPrimaryKey option to disable this check."
                            .formatted(String.join(", ", missing)));
        }
    }

    private static Stream<String> missingKeys(Cube cube, Selection selection) {
        return cube.primaryKey().stream()
                .filter(
                        key ->
                                selection.keys().stream()
                                        .map(Column::member)
                                        .noneMatch(member -> isKey(member, cube, key)))
                .map(key -> "'" + cube.name() + "." + key.name() + "'");
    }

    private static boolean isKey(Member member, Cube cube, Dimension key) {
        return member instanceof Member.OfDimension d
                && d.cube().name().equals(cube.name())
                && d.dimension().name().equals(key.name());
    }

    private static Collection<Leaf> leaves(
            Aggregates aggregates, Selection selection, List<Member> filtered) {
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        // A filter on rows may name a measure, to repeat its filters: that one is not computed.
        Stream<Member> ofGroups =
                filtered.stream().filter(m -> isFilteredGroup(m, selection.groups()));
        Stream.concat(selection.measures().stream(), ofGroups)
                .filter(Member.OfMeasure.class::isInstance)
                .map(Member.OfMeasure.class::cast)
                .forEach(m -> leaves.putAll(aggregates.leaves(m.cube(), m.measure())));
        return leaves.values();
    }

    private static boolean isFilteredGroup(Member member, List<Filter> groups) {
        return groups.stream()
                .flatMap(QueryResolver::conditions)
                .anyMatch(condition -> condition.member().equals(member.path()));
    }

    /** Whether aggregates must be computed apart from each other. */
    boolean isSplit() {
        return !apart.isEmpty()
                || !rolling.isEmpty()
                || !staged.isEmpty()
                || !switches.columns().isEmpty();
    }

    /** The columns that rows are grouped by: all but those that a query chooses. */
    List<Column> keys() {
        return selection.keys().stream().filter(column -> !isChosen(column.member())).toList();
    }

    /** The columns in the order of the result: keys, then measures. */
    List<Column> columns() {
        return selection.columns();
    }
}
