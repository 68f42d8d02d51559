package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.serving.semantic.Query.And;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.DateRange;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Query.Or;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Writes filters as conditions. Values are parameters, every one of them. */
final class Conditions {

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");

    /** Reading one takes time by the square of its length. */
    private static final int LONGEST_NUMBER = 500;

    /** Whether the values of a member are numbers. */
    private enum Numbers {
        ALWAYS,
        PERHAPS,
        NEVER
    }

    private final ZoneId timezone;
    private final SqlWriter sql;
    private final Consumer<Member> column;
    private final Function<String, Member> members;

    /**
     * @param members finds what a condition names
     * @param column writes a member as SQL that keeps together beside an operator
     */
    Conditions(
            Function<String, Member> members,
            SqlWriter sql,
            ZoneId timezone,
            Consumer<Member> column) {
        this.members = members;
        this.sql = sql;
        this.timezone = timezone;
        this.column = column;
    }

    /** Writes a keyword and all of the filters; nothing if there are none. */
    void all(String keyword, List<Filter> filters) {
        if (!filters.isEmpty()) {
            sql.text(keyword).each(filters, " AND ", this::write);
        }
    }

    void write(Filter filter) {
        sql.text("(");
        switch (filter) {
            case And(List<Filter> all) when all.isEmpty() -> sql.text("true");
            case And(List<Filter> all) -> sql.each(all, " AND ", this::write);
            case Or(List<Filter> any) when any.isEmpty() -> sql.text("false");
            case Or(List<Filter> any) -> sql.each(any, " OR ", this::write);
            case Condition condition -> write(condition);
        }
        sql.text(")");
    }

    private void write(Condition condition) {
        Member member = members.apply(condition.member());
        switch (condition.operator()) {
            case SET -> column(member, " IS NOT NULL");
            case NOT_SET -> column(member, " IS NULL");
            case EQUALS, IN -> equal(member, condition);
            case NOT_EQUALS, NOT_IN -> notEqual(member, condition);
            case CONTAINS -> like(member, condition, false, "'%' || ", " || '%'");
            case NOT_CONTAINS -> like(member, condition, true, "'%' || ", " || '%'");
            case STARTS_WITH -> like(member, condition, false, "", " || '%'");
            case NOT_STARTS_WITH -> like(member, condition, true, "", " || '%'");
            case ENDS_WITH -> like(member, condition, false, "'%' || ", "");
            case NOT_ENDS_WITH -> like(member, condition, true, "'%' || ", "");
            case GT -> compare(member, " > ", condition);
            case GTE -> compare(member, " >= ", condition);
            case LT -> compare(member, " < ", condition);
            case LTE -> compare(member, " <= ", condition);
            case IN_DATE_RANGE, ON_THE_DATE -> within(member, range(condition));
            case NOT_IN_DATE_RANGE -> outside(member, range(condition));
            case BEFORE_DATE -> from(member, " < ", range(condition));
            case BEFORE_OR_ON_DATE -> from(member, " <= ", range(condition));
            case AFTER_DATE -> from(member, " > ", range(condition));
            case AFTER_OR_ON_DATE -> from(member, " >= ", range(condition));
            case MEASURE_FILTER -> column.accept(member);
        }
    }

    private void column(Member member, String rest) {
        column.accept(member);
        sql.text(rest);
    }

    private void equal(Member member, Condition condition) {
        if (condition.values().isEmpty()) {
            column(member, " IS NULL");
            return;
        }
        list(member, condition, " = ", " IN ");
        if (condition.withNull()) {
            sql.text(" OR ");
            column(member, " IS NULL");
        }
    }

    private void notEqual(Member member, Condition condition) {
        if (condition.values().isEmpty()) {
            column(member, " IS NOT NULL");
            return;
        }
        list(member, condition, " <> ", " NOT IN ");
        if (!condition.withNull()) {
            sql.text(" OR ");
            column(member, " IS NULL");
        }
    }

    private void list(Member member, Condition condition, String one, String many) {
        List<String> values = condition.values();
        if (values.size() == 1) {
            column(member, one);
            typed(member, values.getFirst());
            return;
        }
        column(member, many);
        sql.text("(").each(values, ", ", value -> typed(member, value)).text(")");
    }

    private void like(
            Member member, Condition condition, boolean not, String before, String after) {
        if (condition.values().isEmpty()) {
            column(member, not ? " IS NOT NULL" : " IS NULL");
            return;
        }
        String text = isText(member) ? "" : "::text";
        String operator = not ? " NOT ILIKE " : " ILIKE ";
        sql.each(
                condition.values(),
                not ? " AND " : " OR ",
                value -> {
                    column(member, text + operator + before);
                    sql.value(escaped(value)).text(after);
                });
        if (not != condition.withNull()) {
            sql.text(" OR ");
            column(member, " IS NULL");
        }
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    private void compare(Member member, String operator, Condition condition) {
        if (condition.values().isEmpty()) {
            throw QueryException.user("Values required for filter: " + describe(condition));
        }
        column(member, operator);
        typed(member, condition.values().getFirst());
    }

    /**
     * A value whose type the database takes from what it is compared with, except for numbers that
     * an integer column could not be compared with otherwise.
     */
    private void typed(Member member, String value) {
        sql.value(value);
        Numbers numbers = numbers(member);
        if (numbers == Numbers.NEVER) {
            return;
        }
        Optional<BigDecimal> number = number(value.strip());
        if (number.isPresent()) {
            sql.text(cast(value.strip(), number.get()));
        } else if (numbers == Numbers.ALWAYS) {
            throw QueryException.user(
                    "'%s' is a number, and the filter compares it with '%s', which is none"
                            .formatted(
                                    member.path(),
                                    value.length() > LONGEST_NUMBER
                                            ? value.substring(0, 20) + "…"
                                            : value));
        }
    }

    private static Optional<BigDecimal> number(String text) {
        if (text.length() > LONGEST_NUMBER) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String cast(String text, BigDecimal number) {
        if (!INTEGER.matcher(text).matches()
                || number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return "::numeric";
        }
        boolean large = number.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0;
        return large ? "::bigint" : "";
    }

    private void within(Member member, DateRange range) {
        column(member, " >= ");
        instant(TimeUnits.instantFrom(range.from(), timezone));
        sql.text(" AND ");
        column(member, " <= ");
        instant(TimeUnits.instantTo(range.to(), timezone));
    }

    private void outside(Member member, DateRange range) {
        column(member, " < ");
        instant(TimeUnits.instantFrom(range.from(), timezone));
        sql.text(" OR ");
        column(member, " > ");
        instant(TimeUnits.instantTo(range.to(), timezone));
    }

    private void from(Member member, String operator, DateRange range) {
        column(member, operator);
        instant(TimeUnits.instantFrom(range.from(), timezone));
    }

    void range(Selection.Range range) {
        LocalDateTime from = range.from();
        LocalDateTime to = range.to();
        sql.text("(");
        if (from != null) {
            column(range.dimension(), " >= ");
            instant(TimeUnits.instantFrom(from, timezone));
        }
        if (from != null && to != null) {
            sql.text(" AND ");
        }
        if (to != null) {
            column(range.dimension(), " <= ");
            instant(TimeUnits.instantTo(to, timezone));
        }
        sql.text(from == null && to == null ? "true)" : ")");
    }

    private void instant(String instant) {
        sql.value(instant).text("::timestamptz");
    }

    private static DateRange range(Condition condition) {
        @Nullable DateRange range = condition.range();
        if (range == null) {
            throw QueryException.user("Values required for filter: " + describe(condition));
        }
        return range;
    }

    private static String describe(Condition condition) {
        return condition.member() + " " + condition.operator().wireName();
    }

    private static Numbers numbers(Member member) {
        return switch (member) {
            case Member.OfDimension dimension ->
                    dimension.dimension().type() == Dimension.Type.NUMBER
                            ? Numbers.ALWAYS
                            : Numbers.NEVER;
            case Member.OfMeasure measure ->
                    switch (measure.measure().type()) {
                        case STRING, TIME, BOOLEAN -> Numbers.NEVER;
                        // The least of texts is a text; the model does not say of what it is.
                        case MIN, MAX -> Numbers.PERHAPS;
                        case COUNT, COUNT_DISTINCT, COUNT_DISTINCT_APPROX, SUM, AVG, NUMBER, RANK ->
                                Numbers.ALWAYS;
                    };
            case Member.OfSegment _ -> Numbers.NEVER;
        };
    }

    private static boolean isText(Member member) {
        return switch (member) {
            case Member.OfDimension dimension ->
                    dimension.dimension().type() == Dimension.Type.STRING;
            case Member.OfMeasure measure -> measure.measure().type() == Measure.Type.STRING;
            case Member.OfSegment _ -> false;
        };
    }
}
