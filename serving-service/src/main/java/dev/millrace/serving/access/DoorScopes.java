package dev.millrace.serving.access;

import java.util.EnumSet;
import java.util.Set;

/** Which scopes open which of the metrics doors. */
final class DoorScopes {

    static final String ADDRESSES = "/v1/embed/";

    private DoorScopes() {}

    /**
     * Any of these opens the door at that path, as it is written in the request. What is not known
     * here opens to nobody whose key or token is narrowed, so that no spelling goes around this.
     */
    static Set<Scope> of(String path) {
        return switch (path) {
            case "/cubejs-api/v1/load", "/cubejs-api/v1/subscribe" ->
                    EnumSet.of(Scope.LOAD, Scope.EXPORT);
            case "/cubejs-api/v1/dry-run" -> EnumSet.of(Scope.LOAD);
            case "/cubejs-api/v1/sql" -> EnumSet.of(Scope.SQL);
            case "/cubejs-api/v1/meta" -> EnumSet.of(Scope.META);
            case "/v1/live" -> EnumSet.of(Scope.LIVE);
            case "/v1/embed" -> EnumSet.of(Scope.EMBED);
            default ->
                    isAddress(path)
                            ? EnumSet.of(Scope.LOAD)
                            : path.equals("/v1/feed") || path.startsWith("/v1/feed/")
                                    ? EnumSet.of(Scope.FEED)
                                    : EnumSet.noneOf(Scope.class);
        };
    }

    /** Whether the path itself lets in, by the token at its end. */
    static boolean isAddress(String path) {
        return path.startsWith(ADDRESSES);
    }

    /** The word for a door in the books. */
    static String door(String path) {
        if (isAddress(path)) {
            return "embedded";
        }
        Set<Scope> scopes = of(path);
        return scopes.isEmpty()
                ? "other"
                : scopes.contains(Scope.FEED) ? "feed" : path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * Goes on only if the caller may come in.
     *
     * @throws MissingScopeException if not
     */
    static void check(String path, Caller caller) {
        Set<Scope> any = of(path);
        if (any.isEmpty()) {
            Scope.UNNAMED.stream().sorted().forEach(caller::require);
        } else if (any.stream().noneMatch(caller.scopes()::contains)) {
            caller.require(any.iterator().next());
        }
    }
}
