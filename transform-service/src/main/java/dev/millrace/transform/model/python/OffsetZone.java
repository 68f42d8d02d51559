package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.None;

import java.time.LocalDateTime;

/** {@code datetime.timezone}: one offset for ever. */
record OffsetZone(int offset) implements ZoneValue {

    static final OffsetZone UTC = new OffsetZone(0);

    @Override
    public String abbreviation() {
        return toString();
    }

    @Override
    public Object daylight() {
        return None.NONE;
    }

    @Override
    public DateTimeValue at(LocalDateTime utc) {
        return new DateTimeValue(utc.plusSeconds(offset), this);
    }

    @Override
    public String typeName() {
        return "timezone";
    }

    @Override
    public String representation() {
        return offset == 0
                ? "datetime.timezone.utc"
                : "datetime.timezone(" + TimeDeltaValue.ofSeconds(offset).representation() + ")";
    }

    @Override
    public String toString() {
        return offset == 0 ? "UTC" : "UTC" + Zones.written(offset, ":");
    }
}
