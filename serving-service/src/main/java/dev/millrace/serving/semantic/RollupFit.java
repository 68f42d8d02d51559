package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.DateRange;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.RollupTable.Cut;
import dev.millrace.serving.semantic.RollupTable.Layout;
import dev.millrace.serving.semantic.RollupTable.Stored;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Whether the rows of rollups tell what the rows of cubes tell, for one query. */
final class RollupFit {

    private final Compilation compilation;
    private final QueryPlan plan;
    private final Layout layout;

    private RollupFit(Compilation compilation, QueryPlan plan, Layout layout) {
        this.compilation = compilation;
        this.plan = plan;
        this.layout = layout;
    }

    /** Why a query cannot be answered from a rollup. */
    private static final class Misfit extends Exception {

        private static final long serialVersionUID = 1L;

        Misfit(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Whether it can be asked at all, whatever the query is about. */
    static boolean isAbout(QueryPlan plan, RollupTable rollup) {
        return rollup.layout().tree().root().equals(plan.tree().root());
    }

    /** Why a query is not answered from a rollup; nothing if it can be. */
    static Optional<String> misfit(Compilation compilation, QueryPlan plan, RollupTable rollup) {
        try {
            new RollupFit(compilation, plan, rollup.layout()).check();
            return Optional.empty();
        } catch (Misfit misfit) {
            return Optional.of(String.valueOf(misfit.getMessage()));
        }
    }

    private void check() throws Misfit {
        Selection selection = plan.selection();
        if (selection.form() != Selection.Form.GROUPED) {
            throw new Misfit("an ungrouped query shows rows");
        }
        if (!plan.rolling().isEmpty() || !plan.staged().isEmpty()) {
            throw new Misfit("measures over windows and in stages are computed from rows");
        }
        if (!plan.switches().columns().isEmpty() || !plan.switches().fixed().isEmpty()) {
            throw new Misfit("dimensions of type switch stand in no row");
        }
        if (compilation.origin() != null) {
            throw new Misfit("its units of time begin at a moment of the query's own");
        }
        if (!new HashSet<>(layout.tree().edges()).containsAll(plan.tree().edges())) {
            throw new Misfit("the query joins cubes otherwise");
        }
        for (Column column : plan.keys()) {
            key(column);
        }
        for (Selection.Range range : selection.ranges()) {
            range(range);
        }
        for (Member.OfSegment segment : selection.segments()) {
            require(segment);
        }
        filters(selection.rows(), compilation.sight()::member);
        filters(selection.rules(), compilation.model()::member);
        rowRules();
        measures();
    }

    private void key(Column column) throws Misfit {
        String path = RollupDefinition.memberPath(column.member());
        String unit = column.granularity();
        if (layout.hasDimension(path)) {
            return;
        }
        Cut cut = layout.time(path);
        if (cut == null || unit == null) {
            throw missing(column.member());
        }
        checkZone(cut);
        if (column.member() instanceof Member.OfDimension dimension
                && !RollupTimes.isMadeOf(dimension.dimension(), unit, cut.granularity())) {
            throw new Misfit(
                    "a %s is no number of whole units of %s".formatted(unit, cut.granularity()));
        }
    }

    private void checkZone(Cut cut) throws Misfit {
        if (!RollupTimes.isCutIn(cut, compilation.timezone())) {
            throw new Misfit(
                    "a %s of %s is none of %s"
                            .formatted(cut.granularity(), cut.zone(), compilation.timezone()));
        }
    }

    private void range(Selection.Range range) throws Misfit {
        Cut cut = cut(range.dimension());
        if (cut != null && !RollupTimes.isAligned(range.from(), range.to(), cut.granularity())) {
            throw new Misfit(
                    "the range of '%s' begins or ends within a %s"
                            .formatted(range.dimension().path(), cut.granularity()));
        }
    }

    /** How a time dimension is cut; null if it stands as it is. */
    private @Nullable Cut cut(Member member) throws Misfit {
        String path = RollupDefinition.memberPath(member);
        if (layout.hasDimension(path)) {
            return null;
        }
        Cut cut = layout.time(path);
        if (cut == null) {
            throw missing(member);
        }
        checkZone(cut);
        return cut;
    }

    private void require(Member member) throws Misfit {
        if (!layout.hasDimension(RollupDefinition.memberPath(member))) {
            throw missing(member);
        }
    }

    private static Misfit missing(Member member) {
        return new Misfit("it does not have '%s'".formatted(member.path()));
    }

    private void filters(List<Filter> filters, Function<String, Member> members) throws Misfit {
        for (Filter filter : filters) {
            for (Condition condition : QueryResolver.conditions(filter).toList()) {
                condition(condition, members.apply(condition.member()));
            }
        }
    }

    private void condition(Condition condition, Member member) throws Misfit {
        if (member instanceof Member.OfMeasure) {
            throw new Misfit("it has no rows for the filters of a measure");
        }
        Cut cut = cut(member);
        if (cut == null) {
            return;
        }
        DateRange range = condition.range();
        boolean exact =
                switch (condition.operator()) {
                    case SET, NOT_SET -> true;
                    case IN_DATE_RANGE, ON_THE_DATE, NOT_IN_DATE_RANGE ->
                            range != null
                                    && RollupTimes.isAligned(
                                            range.from(), range.to(), cut.granularity());
                    case BEFORE_DATE, AFTER_OR_ON_DATE ->
                            range != null && RollupTimes.begins(range.from(), cut.granularity());
                    default -> false;
                };
        if (!exact) {
            throw new Misfit(
                    "it has '%s' by %s, which does not tell what is %s"
                            .formatted(
                                    member.path(),
                                    cut.granularity(),
                                    condition.operator().name().toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * What a viewer may see of the first cube's rows is asked of groups; of others it cannot be.
     */
    private void rowRules() throws Misfit {
        for (String name : plan.tree().cubes().toList()) {
            Cube cube = compilation.model().names().cube(name).orElseThrow();
            Optional<Filter> rule = compilation.sight().rule(cube);
            if (rule.isEmpty()) {
                continue;
            }
            if (!name.equals(plan.tree().root())) {
                throw new Misfit(
                        "an access policy hides rows of '%s', which is joined".formatted(name));
            }
            filters(List.of(rule.get()), compilation.model()::member);
        }
    }

    private void measures() throws Misfit {
        Aggregates aggregates = new Aggregates(compilation.model(), plan.switches());
        List<Leaf> leaves = new ArrayList<>(plan.together());
        plan.apart().values().forEach(leaves::addAll);
        boolean whole = isWhole();
        for (Leaf leaf : leaves) {
            Stored stored = layout.measure(leaf.path());
            if (stored == null || stored.type() != leaf.measure().type()) {
                throw new Misfit("it does not have '%s'".formatted(leaf.path()));
            }
            if (!stored.addsUp() && !whole) {
                throw new Misfit(
                        "'%s' cannot be added up, and the query has other groups than it"
                                .formatted(leaf.path()));
            }
        }
        Stream<Member> filtered =
                plan.selection().groups().stream()
                        .flatMap(QueryResolver::conditions)
                        .map(condition -> compilation.sight().member(condition.member()));
        Optional<Member> mixed =
                Stream.concat(plan.selection().measures().stream(), filtered)
                        .filter(
                                member ->
                                        member instanceof Member.OfMeasure m
                                                && aggregates.mixesRows(m.cube(), m.measure()))
                        .findFirst();
        if (mixed.isPresent()) {
            throw new Misfit("'%s' mixes measures with rows".formatted(mixed.get().path()));
        }
    }

    /**
     * Whether each group of the query is one row of the rollup. Where clocks go back, two hours of
     * UTC are one of a time zone's.
     */
    private boolean isWhole() {
        Set<String> asked = new HashSet<>();
        for (Column column : plan.keys()) {
            Cut cut = layout.time(RollupDefinition.memberPath(column.member()));
            if (cut == null
                    || column.granularity() == null
                    || RollupTimes.isOf(cut, compilation.timezone())) {
                asked.add(RollupDefinition.key(column));
            }
        }
        return asked.containsAll(layout.keys());
    }
}
