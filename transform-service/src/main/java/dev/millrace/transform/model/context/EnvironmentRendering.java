package dev.millrace.transform.model.context;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Limits;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * Renders the values of files that are read before there is a project, such as {@code
 * profiles.yml}. They know {@code env_var} and {@code var}, and may read secrets.
 */
public final class EnvironmentRendering {

    private static final String SECRET_PREFIX = "DBT_ENV_SECRET_";

    private final Environment environment;
    private final Map<String, Object> vars;

    /**
     * @param environment all that these files may read
     * @param vars values that the command was given for {@code var}
     */
    public EnvironmentRendering(Environment environment, Map<String, Object> vars) {
        this.environment = environment;
        this.vars = Map.copyOf(vars);
    }

    /**
     * A value as it is meant.
     *
     * @param value null for None
     * @param secret whether a secret is in it, which nobody may be shown
     */
    public record Value(@Nullable Object value, boolean secret) {

        @Override
        public String toString() {
            return secret ? "Value[secret]" : "Value[" + value + "]";
        }
    }

    /**
     * Renders text; a single expression keeps its type.
     *
     * @throws JinjaException if that cannot be done; it shows no secret
     */
    public Value render(String file, String text) {
        if (!text.contains("{{") && !text.contains("{%") && !text.contains("{#")) {
            return new Value(text, false);
        }
        Reading reading = new Reading();
        Rendering rendering =
                new Rendering(
                        Globals.of(
                                Map.of(
                                        "env_var", (Invocable) reading::environment,
                                        "var", (Invocable) this::variable)),
                        TemplateFilters.ALL,
                        Limits.DEFAULT);
        try {
            Object value = rendering.value(Template.parse(file, text, DbtSyntax.SYNTAX));
            return new Value(value == None.NONE ? null : Values.plain(value), reading.secret);
        } catch (JinjaException e) {
            if (reading.secret) {
                throw new JinjaException(
                        "this cannot be rendered; why is not told, as there is a secret in it");
            }
            throw e;
        }
    }

    private Object variable(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("var", "name", "default");
        String name = bound.text("name");
        Object value = vars.get(name);
        if (value != null) {
            return Values.of(value);
        }
        return bound.find("default")
                .orElseThrow(
                        () ->
                                new JinjaException(
                                        "the variable '"
                                                + name
                                                + "' was not given"
                                                + NearestName.hint(name, vars.keySet())
                                                + "; give it with --vars, or write a default:"
                                                + " var('"
                                                + name
                                                + "', …)"));
    }

    private final class Reading {

        private boolean secret;

        Object environment(Arguments arguments) {
            Arguments.Bound bound = arguments.bind("env_var", "name", "default");
            String name = bound.text("name");
            secret |= name.startsWith(SECRET_PREFIX);
            return environment
                    .value(name)
                    .<Object>map(value -> value)
                    .or(() -> bound.find("default").filter(value -> value != None.NONE))
                    .orElseThrow(() -> missing(name));
        }

        private JinjaException missing(String name) {
            // The name of a secret is none.
            secret = false;
            return new JinjaException(
                    "the environment variable "
                            + name
                            + " is not set; export it, or write a default: env_var('"
                            + name
                            + "', …)");
        }
    }
}
