package dev.millrace.transform.landing.row;

import org.jspecify.annotations.Nullable;

/** The schema that came with a record. */
public interface ValueSchema {

    /** How a field is meant; null for as it is. */
    @Nullable Conversion conversion(String field);
}
