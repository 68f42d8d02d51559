package dev.millrace.transform.landing.contract;

import org.jspecify.annotations.Nullable;

/**
 * What an object is held to whose members are columns.
 *
 * @param number its place among the objects
 * @param column what its members' columns begin with
 * @param property what the contract calls it, as names joined by dots
 * @param required the rule that asks for it in each row; null if it may be missing
 * @param parent the object that it is a member of, without which it may be missing
 * @param least members that it has at least
 * @param most members that it has at most
 */
record ObjectRule(
        int number,
        String column,
        String property,
        @Nullable String required,
        int parent,
        int least,
        int most) {}
