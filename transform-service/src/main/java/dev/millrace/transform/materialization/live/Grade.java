package dev.millrace.transform.materialization.live;

/** How much a row of an input alone says of a value that a query gives. */
enum Grade {
    /** It decides the value. */
    KEY,
    /** It does, but for rows that an outer join has found no partner for. */
    LOOSE,
    /** Other rows have a say. */
    DERIVED;

    Grade worst(Grade other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
