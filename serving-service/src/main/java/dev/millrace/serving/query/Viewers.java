package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.semantic.Viewer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What policies know of a caller: the groups and the claims of the token. */
final class Viewers {

    /** Where tokens name groups; Cube had roles before it had groups. */
    private static final List<String> GROUP_CLAIMS = List.of("groups", "group", "roles", "role");

    private Viewers() {}

    static Viewer of(Caller caller) {
        Map<String, Object> claims = caller.securityContext();
        Set<String> groups = new TreeSet<>();
        for (String claim : GROUP_CLAIMS) {
            switch (claims.get(claim)) {
                case String group -> groups.add(group);
                case Collection<?> several ->
                        several.stream()
                                .filter(String.class::isInstance)
                                .map(String.class::cast)
                                .forEach(groups::add);
                case null, default -> {}
            }
        }
        return Viewer.of(groups, claims);
    }
}
