package dev.millrace.transform.landing.row;

import org.jspecify.annotations.Nullable;

/** The kinds of Segment's calls, and the second table that each also goes to. */
enum SegmentCall {
    IDENTIFY("users"),
    GROUP("accounts"),
    PAGE(null),
    SCREEN(null),
    ALIAS(null),
    TRACK("tracks");

    private final @Nullable String secondTable;

    SegmentCall(@Nullable String secondTable) {
        this.secondTable = secondTable;
    }

    /** The call whose records go to a stream: five have one of their own, the others are tracks. */
    static SegmentCall of(String stream) {
        return switch (stream) {
            case "identifies" -> IDENTIFY;
            case "groups" -> GROUP;
            case "pages" -> PAGE;
            case "screens" -> SCREEN;
            case "aliases" -> ALIAS;
            default -> TRACK;
        };
    }

    @Nullable String secondTable() {
        return secondTable;
    }

    /** Whether the second table has one row for each user or account. */
    boolean merges() {
        return this == IDENTIFY || this == GROUP;
    }
}
