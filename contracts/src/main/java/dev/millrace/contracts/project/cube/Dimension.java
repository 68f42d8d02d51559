package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Stream;

/**
 * What rows can be told apart by.
 *
 * @param primaryKey whether it is, or belongs to, the identity of a row
 * @param mask what stands in its place for those who may not see it
 * @param format how clients show it
 * @param suggestFilterValues whether clients may offer the values that there are
 * @param granularities what the dimension can be cut into beside the calendar's own units
 */
public record Dimension(
        String name,
        Position position,
        Type type,
        Expression expression,
        boolean primaryKey,
        @Nullable SqlTemplate mask,
        @Nullable String format,
        boolean suggestFilterValues,
        List<Granularity> granularities,
        About about) {

    /** The types a dimension can have. */
    public enum Type {
        STRING,
        NUMBER,
        TIME,
        BOOLEAN,
        GEO,
        SWITCH
    }

    /** How the value comes about. */
    public sealed interface Expression {}

    /** From SQL over a row. */
    public record Sql(SqlTemplate template) implements Expression {}

    /** A label for the first condition that holds. */
    public record Case(List<When> whens, @Nullable SqlTemplate otherwise) implements Expression {

        public Case {
            whens = List.copyOf(whens);
        }
    }

    /**
     * A branch of a case.
     *
     * @param label text in quotes, or an expression
     */
    public record When(SqlTemplate condition, SqlTemplate label) {}

    /** A place on earth. */
    public record Geo(SqlTemplate latitude, SqlTemplate longitude) implements Expression {}

    /**
     * A measure of the rows that belong to this one, taken for each row.
     *
     * @param filtered whether the filters of a query also hold for those rows
     */
    public record SubQuery(SqlTemplate template, boolean filtered) implements Expression {}

    /** One of some values, which no table has: a query chooses among them. */
    public record Switch(List<String> values) implements Expression {

        public Switch {
            values = List.copyOf(values);
        }
    }

    /** A unit of time of the model's own. */
    public record Granularity(
            String name,
            @Nullable String title,
            String interval,
            @Nullable String offset,
            @Nullable String origin) {}

    /** The SQL of all its parts. */
    public Stream<SqlTemplate> templates() {
        return switch (expression) {
            case Sql(SqlTemplate sql) -> Stream.of(sql);
            case SubQuery(SqlTemplate sql, _) -> Stream.of(sql);
            case Geo(SqlTemplate latitude, SqlTemplate longitude) -> Stream.of(latitude, longitude);
            case Case(List<When> whens, SqlTemplate otherwise) ->
                    Stream.concat(
                            whens.stream().flatMap(w -> Stream.of(w.condition(), w.label())),
                            Stream.ofNullable(otherwise));
            case Switch _ -> Stream.empty();
        };
    }

    public Dimension {
        granularities = List.copyOf(granularities);
    }
}
