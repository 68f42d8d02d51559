package dev.millrace.contracts.project.cube;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The operators of filters, in queries and in access policies. */
public enum Operator {
    EQUALS("equals"),
    NOT_EQUALS("notEquals"),
    IN("in"),
    NOT_IN("notIn"),
    CONTAINS("contains"),
    NOT_CONTAINS("notContains"),
    STARTS_WITH("startsWith"),
    NOT_STARTS_WITH("notStartsWith"),
    ENDS_WITH("endsWith"),
    NOT_ENDS_WITH("notEndsWith"),
    GT("gt"),
    GTE("gte"),
    LT("lt"),
    LTE("lte"),
    SET("set"),
    NOT_SET("notSet"),
    IN_DATE_RANGE("inDateRange"),
    NOT_IN_DATE_RANGE("notInDateRange"),
    ON_THE_DATE("onTheDate"),
    BEFORE_DATE("beforeDate"),
    BEFORE_OR_ON_DATE("beforeOrOnDate"),
    AFTER_DATE("afterDate"),
    AFTER_OR_ON_DATE("afterOrOnDate"),
    MEASURE_FILTER("measureFilter");

    private static final Map<String, Operator> BY_NAME =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(Operator::wireName, Function.identity()));

    private final String wireName;

    Operator(String wireName) {
        this.wireName = wireName;
    }

    /** What stands in a query. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Operator> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Whether it needs no values. */
    public boolean takesNoValues() {
        return this == SET || this == NOT_SET || this == MEASURE_FILTER;
    }

    /** Whether its values are dates. */
    public boolean takesDates() {
        return switch (this) {
            case IN_DATE_RANGE,
                    NOT_IN_DATE_RANGE,
                    ON_THE_DATE,
                    BEFORE_DATE,
                    BEFORE_OR_ON_DATE,
                    AFTER_DATE,
                    AFTER_OR_ON_DATE ->
                    true;
            default -> false;
        };
    }
}
