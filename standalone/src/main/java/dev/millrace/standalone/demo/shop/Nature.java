package dev.millrace.standalone.demo.shop;

import java.util.Locale;

/** What is the matter with a message, and therefore what must become of it. */
public enum Nature {
    ORDINARY(Fate.LANDS),
    /** Sent hours or days after it happened. */
    LATE(Fate.LANDS),
    /** The same identity was sent before. */
    DUPLICATE(Fate.DROPPED),
    /** Says neither who nor which browser. */
    NO_USER(Fate.QUARANTINED),
    /** A track call that does not say what happened. */
    NO_EVENT_NAME(Fate.QUARANTINED),
    /** Properties that are not an object. */
    WRONG_SHAPE(Fate.QUARANTINED),
    /** A total that is no number, where the source's schema contract freezes the types. */
    WRONG_TYPE(Fate.QUARANTINED),
    /** Text on the topic that is not JSON. */
    INVALID_JSON(Fate.QUARANTINED),
    /** More than the 32 KB that the Segment API takes. */
    TOO_LARGE(Fate.QUARANTINED),
    /** A request that was cut off on its way. */
    TRUNCATED(Fate.REFUSED),
    /** A write key that the project does not have. */
    UNKNOWN_KEY(Fate.REFUSED),
    /** Not an event, at the door of a strict source. */
    REFUSED_STRICTLY(Fate.REFUSED);

    /** Where a message ends. */
    public enum Fate {
        /** In the table of its stream, once. */
        LANDS,
        /** Nowhere, as it is there already. */
        DROPPED,
        /** In the quarantine, with a reason. */
        QUARANTINED,
        /** In no table: the sender is told, or has shown no valid key. */
        REFUSED;

        /** As it stands in the log. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Fate fate;

    Nature(Fate fate) {
        this.fate = fate;
    }

    public Fate fate() {
        return fate;
    }

    /** Whether it is not as it should be, so that it can land nowhere. */
    public boolean isBroken() {
        return fate == Fate.QUARANTINED || fate == Fate.REFUSED;
    }

    /** Whether it must be a request of its own, as what happens to it happens to the request. */
    boolean travelsAlone() {
        return fate == Fate.REFUSED;
    }

    /** As it stands in the log. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
