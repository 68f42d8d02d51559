package dev.millrace.transform.materialization;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What becomes of a materialized view whose indexes are to be others than they are. */
public enum ConfigurationChange {
    APPLY,
    /** It is left as it is, with its rows. */
    CONTINUE,
    FAIL;

    /** The one of dbt's word for it. */
    public static Optional<ConfigurationChange> named(String name) {
        return Stream.of(values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }
}
