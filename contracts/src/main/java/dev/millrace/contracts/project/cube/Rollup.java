package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * Groups of a cube's rows that are kept ready. Members are named as the file names them: those of
 * other cubes as {@code cube.member}, the cube's own without it.
 *
 * @param joined the rollups, as {@code cube.rollup}, that it joins when it is asked; then it keeps
 *     nothing itself
 * @param staleness how old what it tells may be while changes wait to be taken in; null if it is to
 *     tell what the rows tell
 */
public record Rollup(
        String name,
        Position position,
        List<String> measures,
        List<String> dimensions,
        List<String> segments,
        List<Time> times,
        List<Index> indexes,
        List<String> joined,
        @Nullable Duration staleness) {

    /** A time dimension, cut into units. */
    public record Time(String dimension, String granularity) {}

    /** An index over columns, named as members. */
    public record Index(String name, List<String> columns) {

        public Index {
            columns = List.copyOf(columns);
        }
    }

    public Rollup {
        measures = List.copyOf(measures);
        dimensions = List.copyOf(dimensions);
        segments = List.copyOf(segments);
        times = List.copyOf(times);
        indexes = List.copyOf(indexes);
        joined = List.copyOf(joined);
    }
}
