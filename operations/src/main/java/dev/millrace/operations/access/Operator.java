package dev.millrace.operations.access;

import dev.millrace.operations.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.security.Principal;
import java.util.Optional;

/**
 * Someone whose token or key was found good.
 *
 * @param name who it is: the token's subject, or the key's name
 * @param highestRole what they may do; none if the token names no role that is known
 * @param credential by which key or token, without its secret
 */
public record Operator(String name, @Nullable OperatorRole highestRole, String credential)
        implements Actor, Principal {

    /** Whether this operator has that role, or one that includes it. */
    public boolean is(OperatorRole wanted) {
        return highestRole != null && highestRole.includes(wanted);
    }

    @Override
    public String role() {
        return Optional.ofNullable(highestRole).map(OperatorRole::text).orElse("");
    }

    @Override
    public String getName() {
        return name;
    }
}
