package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is counted or computed over rows.
 *
 * @param sql what is aggregated, or a calculation over other measures; a count may have none
 * @param filters conditions that a row must meet to count
 * @param window the window of time that it looks over around each point
 * @param stage how it is computed from what other measures came to
 * @param choice which calculation it is by the value of a dimension; then without {@code sql}
 * @param mask what stands in its place for those who may not see it
 * @param format how clients show it
 * @param currency the currency of amounts
 * @param drillMembers what a client shows of the rows behind a number, as cube.member
 */
public record Measure(
        String name,
        Position position,
        Type type,
        @Nullable SqlTemplate sql,
        List<SqlTemplate> filters,
        @Nullable RollingWindow window,
        @Nullable MultiStage stage,
        @Nullable Choice choice,
        @Nullable SqlTemplate mask,
        @Nullable String format,
        @Nullable String currency,
        List<String> drillMembers,
        About about) {

    /** The types a measure can have. */
    public enum Type {
        COUNT,
        COUNT_DISTINCT,
        COUNT_DISTINCT_APPROX,
        SUM,
        AVG,
        MIN,
        MAX,
        NUMBER,
        STRING,
        TIME,
        BOOLEAN,
        RANK;

        /** Whether the measure's SQL is the whole expression, with no aggregate around it. */
        public boolean isCalculated() {
            return switch (this) {
                case NUMBER, STRING, TIME, BOOLEAN, RANK -> true;
                case COUNT, COUNT_DISTINCT, COUNT_DISTINCT_APPROX, SUM, AVG, MIN, MAX -> false;
            };
        }
    }

    /**
     * A calculation for each value of a dimension of type switch.
     *
     * @param dimension the dimension, as a reference
     * @param otherwise for every other value, and where the query tells none
     */
    public record Choice(SqlTemplate dimension, List<When> whens, @Nullable SqlTemplate otherwise) {

        public Choice {
            whens = List.copyOf(whens);
        }
    }

    /** The calculation for one value. */
    public record When(String value, SqlTemplate sql) {}

    /** A measure of nothing but what it computes, as plans need them beside those of the model. */
    public static Measure plain(
            String name,
            Position position,
            Type type,
            @Nullable SqlTemplate sql,
            List<SqlTemplate> filters,
            About about) {
        return new Measure(
                name, position, type, sql, filters, null, null, null, null, null, null, List.of(),
                about);
    }

    /** Whether it is computed from what other measures came to, in a stage of its own. */
    public boolean isStaged() {
        return stage != null;
    }

    /** The SQL of all its parts, but for its filters. */
    public Stream<SqlTemplate> templates() {
        Stream<SqlTemplate> choices =
                choice == null
                        ? Stream.empty()
                        : Stream.of(
                                        Stream.of(choice.dimension()),
                                        choice.whens().stream().map(When::sql),
                                        Stream.ofNullable(choice.otherwise()))
                                .flatMap(part -> part);
        Stream<SqlTemplate> ranks =
                stage == null ? Stream.empty() : stage.order().stream().map(MultiStage.Rank::sql);
        return Stream.of(Stream.ofNullable(sql), choices, ranks).flatMap(part -> part);
    }

    public Measure {
        filters = List.copyOf(filters);
        drillMembers = List.copyOf(drillMembers);
    }
}
