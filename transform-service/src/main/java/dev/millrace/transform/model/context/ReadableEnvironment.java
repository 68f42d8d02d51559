package dev.millrace.transform.model.context;

import dev.millrace.contracts.project.Environment;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The part of the environment that {@code env_var()} may read. Whoever may write a model must not
 * thereby read the service's passwords.
 *
 * @param environment the environment of the process
 * @param allowed which names may be read beside those that begin with {@code DBT_}
 */
public record ReadableEnvironment(Environment environment, Predicate<String> allowed) {

    private static final String PREFIX = "DBT_";
    private static final String SECRET_PREFIX = "DBT_ENV_SECRET_";

    /** Of the environment of a service, whose passwords are not for models. */
    public static ReadableEnvironment of(Environment environment, Set<String> allowed) {
        return new ReadableEnvironment(environment, Set.copyOf(allowed)::contains);
    }

    /** All but the secrets of an environment that belongs to the project's own user. */
    public static ReadableEnvironment ofUser(Environment environment) {
        return new ReadableEnvironment(environment, name -> !name.startsWith(SECRET_PREFIX));
    }

    /** Why a name may not be read, and what to do about it. */
    static String refusal(String name) {
        return "models may not read the environment variable "
                + name
                + "; those that begin with DBT_ they may, and those named in"
                + " millrace.models.environment";
    }

    boolean mayRead(String name) {
        return allowed.test(name) || (name.startsWith(PREFIX) && !name.startsWith(SECRET_PREFIX));
    }

    Optional<String> value(String name) {
        return mayRead(name) ? environment.value(name) : Optional.empty();
    }
}
