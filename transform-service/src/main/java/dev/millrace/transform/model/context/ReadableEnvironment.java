package dev.millrace.transform.model.context;

import dev.millrace.contracts.project.Environment;

import java.util.Optional;
import java.util.Set;

/**
 * The part of the environment that {@code env_var()} may read. Whoever may write a model must not
 * thereby read the service's passwords.
 *
 * @param environment the environment of the process
 * @param allowed names that may be read beside those that begin with {@code DBT_}
 */
public record ReadableEnvironment(Environment environment, Set<String> allowed) {

    private static final String PREFIX = "DBT_";
    private static final String SECRET_PREFIX = "DBT_ENV_SECRET_";

    /** Why a name may not be read, and what to do about it. */
    static String refusal(String name) {
        return "models may not read the environment variable "
                + name
                + "; those that begin with DBT_ they may, and those named in"
                + " millrace.models.environment";
    }

    boolean mayRead(String name) {
        return allowed.contains(name)
                || (name.startsWith(PREFIX) && !name.startsWith(SECRET_PREFIX));
    }

    Optional<String> value(String name) {
        return mayRead(name) ? environment.value(name) : Optional.empty();
    }
}
