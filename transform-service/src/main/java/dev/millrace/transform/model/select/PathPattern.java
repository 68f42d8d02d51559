package dev.millrace.transform.model.select;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A pattern of paths: as {@link Wildcard} within each name; {@code **} is any directories. */
final class PathPattern {

    private static final String ANY_DIRECTORIES = "**";

    private final List<String> names;
    private final List<Wildcard> wildcards;

    private final boolean directoriesOnly;

    private PathPattern(List<String> names, boolean directoriesOnly) {
        this.names = names;
        this.directoriesOnly = directoriesOnly;
        this.wildcards = names.stream().map(Wildcard::of).toList();
    }

    /** The names of a path, without what says nothing. */
    static List<String> names(String path) {
        return Arrays.stream(path.split("/"))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .toList();
    }

    static PathPattern of(String pattern) {
        List<String> names = new ArrayList<>();
        for (String name : names(pattern)) {
            boolean again = name.equals(ANY_DIRECTORIES) && !names.isEmpty();
            if (!again || !names.getLast().equals(ANY_DIRECTORIES)) {
                names.add(name);
            }
        }
        boolean directories =
                pattern.endsWith("/")
                        || (!names.isEmpty() && names.getLast().equals(ANY_DIRECTORIES));
        return new PathPattern(names, directories);
    }

    boolean matchesDirectory(String path) {
        return matches(names(path));
    }

    /** A pattern that ends in {@code **} or a slash is about directories. */
    boolean matchesFile(String path) {
        return !directoriesOnly && matches(names(path));
    }

    private boolean matches(List<String> path) {
        boolean[] reached = new boolean[path.size() + 1];
        reached[0] = true;
        for (int i = 0; i < names.size(); i++) {
            boolean[] next = new boolean[path.size() + 1];
            for (int j = 0; j <= path.size(); j++) {
                if (names.get(i).equals(ANY_DIRECTORIES)) {
                    next[j] = reached[j] || (j > 0 && next[j - 1]);
                } else {
                    next[j] = j > 0 && reached[j - 1] && wildcards.get(i).matches(path.get(j - 1));
                }
            }
            reached = next;
        }
        return reached[path.size()];
    }
}
