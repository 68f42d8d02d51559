package dev.millrace.contracts.project.cube;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What a cube takes over from the one that it extends: all that it does not say itself. */
final class Extension {

    private final Cube base;
    private final String name;

    /**
     * @param name of the cube that extends the base
     */
    Extension(Cube base, String name) {
        this.base = base;
        this.name = name;
    }

    Cube cube() {
        return base;
    }

    /**
     * @param own the names of the members that the cube has itself
     */
    Cube extendedBy(Cube cube, Set<String> own) {
        return new Cube(
                name,
                cube.position(),
                cube.relation(),
                cube.table(),
                about(cube.about()),
                // Policies belong together: some of the base's beside others could open what
                // neither meant to.
                cube.policies().isEmpty() ? base.policies() : cube.policies(),
                added(base.joins(), cube.joins(), Join::target, Function.identity()),
                inherited(own, base.dimensions(), cube.dimensions(), Dimension::name, d -> d),
                inherited(own, base.measures(), cube.measures(), Measure::name, this::renamed),
                inherited(own, base.segments(), cube.segments(), Segment::name, s -> s),
                added(
                        base.hierarchies(),
                        cube.hierarchies(),
                        Hierarchy::name,
                        h -> new Hierarchy(h.name(), renamed(h.levels()), h.about())),
                added(base.rollups(), cube.rollups(), Rollup::name, Function.identity()));
    }

    private About about(About own) {
        About theirs = base.about();
        return new About(
                own.title() == null ? theirs.title() : own.title(),
                own.description() == null ? theirs.description() : own.description(),
                own.shown() == null ? theirs.shown() : own.shown(),
                own.meta() == null ? theirs.meta() : own.meta());
    }

    private static <T> List<T> inherited(
            Set<String> own,
            List<T> theirs,
            List<T> ours,
            Function<T, String> name,
            Function<T, T> renamed) {
        List<T> all = new ArrayList<>();
        theirs.stream().filter(m -> !own.contains(name.apply(m))).map(renamed).forEach(all::add);
        all.addAll(ours);
        return all;
    }

    private static <T> List<T> added(
            List<T> theirs, List<T> ours, Function<T, String> name, Function<T, T> renamed) {
        Set<String> own = new HashSet<>();
        ours.forEach(item -> own.add(name.apply(item)));
        return inherited(own, theirs, ours, name, renamed);
    }

    private Measure renamed(Measure measure) {
        MultiStage stage = measure.stage();
        return new Measure(
                measure.name(),
                measure.position(),
                measure.type(),
                measure.sql(),
                measure.filters(),
                measure.window(),
                stage == null ? null : renamed(stage),
                measure.choice(),
                measure.mask(),
                measure.format(),
                measure.currency(),
                renamed(measure.drillMembers()),
                measure.about());
    }

    private MultiStage renamed(MultiStage stage) {
        List<String> groupBy = stage.groupBy();
        return new MultiStage(
                groupBy == null ? null : renamed(groupBy),
                renamed(stage.reduceBy()),
                renamed(stage.addGroupBy()),
                stage.shifts().stream()
                        .map(
                                shift -> {
                                    String dimension = shift.dimension();
                                    return new MultiStage.TimeShift(
                                            dimension == null ? null : renamed(dimension),
                                            shift.interval());
                                })
                        .toList(),
                stage.order());
    }

    private List<String> renamed(List<String> paths) {
        return paths.stream().map(this::renamed).toList();
    }

    /** A member of the base as the same member of the cube. */
    private String renamed(String path) {
        return path.startsWith(base.name() + ".")
                ? name + path.substring(base.name().length())
                : path;
    }
}
