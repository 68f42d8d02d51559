package dev.millrace.contracts.project;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
public final class NearestName {

    private NearestName() {}

    /**
     * The candidate that needs the fewest edits, unless it is another word altogether; of two such
     * the one of the same length, as letters are swapped more often than lost.
     */
    public static Optional<String> of(String written, Collection<String> candidates) {
        int tolerance = Math.max(2, written.length() / 3);
        return candidates.stream()
                .min(
                        Comparator.<String>comparingInt(candidate -> distance(written, candidate))
                                .thenComparingInt(
                                        candidate ->
                                                Math.abs(candidate.length() - written.length())))
                .filter(candidate -> distance(written, candidate) <= tolerance);
    }

    /** A phrase to end an error with: {@code ; did you mean 'streams'?} or nothing. */
    public static String hint(String written, Collection<String> candidates) {
        return of(written, candidates).map(name -> "; did you mean '" + name + "'?").orElse("");
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution =
                        previous[j - 1]
                                + (Character.toLowerCase(a.charAt(i - 1))
                                                == Character.toLowerCase(b.charAt(j - 1))
                                        ? 0
                                        : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
