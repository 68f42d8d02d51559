package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table or query with the dimensions and measures that it offers.
 *
 * @param table whether {@code relation} names a table; otherwise it is a query
 * @param policies who may read it; empty for everybody
 */
public record Cube(
        String name,
        Position position,
        SqlTemplate relation,
        boolean table,
        About about,
        List<AccessPolicy> policies,
        List<Join> joins,
        List<Dimension> dimensions,
        List<Measure> measures,
        List<Segment> segments,
        List<Hierarchy> hierarchies,
        List<Rollup> rollups)
        implements Catalogued {

    public Cube {
        policies = List.copyOf(policies);
        joins = List.copyOf(joins);
        dimensions = List.copyOf(dimensions);
        measures = List.copyOf(measures);
        segments = List.copyOf(segments);
        hierarchies = List.copyOf(hierarchies);
        rollups = List.copyOf(rollups);
    }

    public Optional<Dimension> dimension(String member) {
        return dimensions.stream().filter(d -> d.name().equals(member)).findFirst();
    }

    public Optional<Measure> measure(String member) {
        return measures.stream().filter(m -> m.name().equals(member)).findFirst();
    }

    public Optional<Segment> segment(String member) {
        return segments.stream().filter(s -> s.name().equals(member)).findFirst();
    }

    /** The names of all members, measures first. */
    public List<String> memberNames() {
        return Stream.of(
                        measures.stream().map(Measure::name),
                        dimensions.stream().map(Dimension::name),
                        segments.stream().map(Segment::name))
                .flatMap(names -> names)
                .toList();
    }

    /** Whether a dimension, measure or segment has this name. */
    public boolean hasMember(String member) {
        return dimension(member).isPresent()
                || measure(member).isPresent()
                || segment(member).isPresent();
    }

    /** The dimensions that together tell one row from another; may be empty. */
    public List<Dimension> primaryKey() {
        return dimensions.stream().filter(Dimension::primaryKey).toList();
    }
}
