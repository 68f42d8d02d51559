package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes a security context smaller, and never larger than the caller or its key allows. */
final class Narrowing {

    private static final String GROUPS = "groups";

    /** Other names of groups, and what no context says. */
    private static final Set<String> NOT_HERE =
            Set.of("group", "roles", "role", "u", "exp", "iat", "nbf", "jti", "scopes");

    private final Caller caller;
    private final Map<String, Object> grants;

    /**
     * @param grants what the caller's key may give beyond its own
     */
    Narrowing(Caller caller, Map<String, Object> grants) {
        this.caller = caller;
        this.grants = grants;
    }

    /**
     * The caller's context, with these claims in place of its own.
     *
     * @throws EmbedRefusedException if that would be more
     */
    Map<String, Object> to(Map<String, ?> wanted) {
        Map<String, Object> context = new HashMap<>(caller.sight());
        for (Map.Entry<String, ?> claim : wanted.entrySet()) {
            Object value = claim.getValue();
            check(claim.getKey(), value);
            context.put(claim.getKey(), value);
        }
        if (wanted.containsKey(GROUPS)) {
            context.keySet().removeAll(Set.of("group", "roles", "role"));
        }
        context.remove("scopes");
        if (!wanted.isEmpty()) {
            // What was nested there stands at the top by now; there it would be as wide as before.
            context.remove("u");
        }
        return context;
    }

    private void check(String claim, @Nullable Object value) {
        if (NOT_HERE.contains(claim)) {
            throw new EmbedRefusedException(
                    "'%s' cannot be narrowed; groups of any name are narrowed by 'groups'"
                            .formatted(claim));
        }
        Set<String> wanted = texts(value);
        if (wanted.isEmpty()) {
            throw new EmbedRefusedException(
                    "'%s' is narrowed to a text, a number or a list of these".formatted(claim));
        }
        Object granted = grants.get(claim);
        if ("*".equals(granted)) {
            return;
        }
        Set<String> allowed = new TreeSet<>(texts(granted));
        allowed.addAll(
                claim.equals(GROUPS)
                        ? caller.groups()
                        : texts(caller.securityContext().get(claim)));
        if (!allowed.containsAll(wanted)) {
            throw new EmbedRefusedException(
                    "'%s' can only be narrowed to what the caller has, or its key may grant"
                            .formatted(claim));
        }
    }

    /** None if there is something else among them. */
    private static Set<String> texts(@Nullable Object value) {
        Collection<?> items =
                switch (value) {
                    case null -> List.of();
                    case Collection<?> several -> several;
                    default -> List.of(value);
                };
        boolean plain =
                items.stream()
                        .allMatch(
                                item ->
                                        item instanceof Number
                                                || item instanceof Boolean
                                                || (item instanceof String text
                                                        && !text.isEmpty()
                                                        && text.indexOf('\0') < 0));
        return plain ? new TreeSet<>(items.stream().map(String::valueOf).toList()) : Set.of();
    }
}
