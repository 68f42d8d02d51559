package dev.millrace.serving.access;

import java.util.Map;

/**
 * Who asks.
 *
 * @param name for logs: the token's subject, or the operator's name
 * @param securityContext the claims of the token, which a model may refer to
 */
public record Caller(String name, Map<String, Object> securityContext) {

    /** Where a request keeps its caller. */
    static final String ATTRIBUTE = Caller.class.getName();

    public Caller {
        securityContext = Map.copyOf(securityContext);
    }
}
