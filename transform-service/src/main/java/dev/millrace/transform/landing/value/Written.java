package dev.millrace.transform.landing.value;

/** A value that came as text and means something narrower; a column of text keeps the text. */
public sealed interface Written permits Timestamp, Day, TimeOfDay, WallTime, Uuid {

    /** As it came. */
    String text();
}
