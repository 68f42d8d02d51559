package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a key or a token may be for. */
public enum Scope {
    /** The catalogue. */
    META,
    /** Data as JSON. */
    LOAD,
    /** The SQL of queries. */
    SQL,
    /** Data as files. */
    EXPORT,
    /** Answers that come again. */
    LIVE,
    /** Feeds of rows, past what cubes and their policies show of them; only where it is named. */
    FEED,
    /** Addresses that answer without a token, for a while. */
    EMBED;

    /** Every scope. */
    public static final Set<Scope> ALL = Set.copyOf(EnumSet.allOf(Scope.class));

    /** What a token is for that names none. */
    static final Set<Scope> UNNAMED = Set.copyOf(EnumSet.complementOf(EnumSet.of(FEED)));

    /** As keys and tokens write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Scope> of(String text) {
        return Arrays.stream(values()).filter(scope -> scope.text().equals(text)).findFirst();
    }

    /**
     * The scopes that a claim names, as a list or in one text; names of other scopes mean nothing
     * here, and what is neither names none.
     */
    static Set<Scope> named(@Nullable Object claim) {
        Collection<?> names =
                switch (claim) {
                    case String text -> Arrays.asList(text.split("[ ,]+", -1));
                    case Collection<?> several -> several;
                    case null, default -> Set.of();
                };
        return names.stream()
                .map(String::valueOf)
                .flatMap(name -> of(name).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
