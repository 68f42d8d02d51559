package dev.millrace.transform.landing.contract;

import org.jspecify.annotations.Nullable;

/**
 * What a column of a stream's table is held to.
 *
 * @param number its place among the rules
 * @param column the column
 * @param property what the contract calls it, as names joined by dots
 * @param value what each value is held to
 * @param required the rule that asks for a value in each row; null if there may be none
 * @param parent the object that it is a member of, without which it may be missing
 * @param itself the number of the object that may stand there, if anything may
 * @param isPublic whether its values may be shown
 */
record ColumnRule(
        int number,
        String column,
        String property,
        ValueRule value,
        @Nullable String required,
        int parent,
        int itself,
        boolean isPublic) {}
