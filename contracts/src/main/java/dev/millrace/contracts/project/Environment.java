package dev.millrace.contracts.project;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where {@code ${NAME}} in a project file comes from. Secrets never stand in the file itself. */
@FunctionalInterface
public interface Environment {

    /** {@code ${NAME}}, as shells write it. */
    Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    Optional<String> value(String name);

    /** The environment of this process. */
    static Environment process() {
        return of(System.getenv());
    }

    static Environment of(Map<String, String> values) {
        return name -> Optional.ofNullable(values.get(name));
    }

    /** Replaces each {@code ${NAME}}; a name without a value becomes a problem at the position. */
    default String resolve(String text, Position position, Problems problems) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1);
            Optional<String> value = value(name);
            if (value.isEmpty() || value.get().isEmpty()) {
                problems.add(
                        position,
                        "the environment variable "
                                + name
                                + " is not set; export it for the service that reads this file");
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value.orElse("")));
        }
        return matcher.appendTail(resolved).toString();
    }
}
