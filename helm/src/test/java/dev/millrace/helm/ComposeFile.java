package dev.millrace.helm;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** docker-compose.yml, with its variables still in it or filled in as Compose does. */
record ComposeFile(String source, Tree tree) {

    /** {@code ${NAME}}, {@code ${NAME:?message}}, {@code ${NAME:-default}}. */
    private static final Pattern VARIABLE =
            Pattern.compile("\\$\\{(?<name>[A-Z_]+)(?<operator>:[-?])?(?<word>[^}]*)}");

    static ComposeFile read() throws IOException {
        return parse(Files.readString(Repository.file("docker-compose.yml")));
    }

    private static ComposeFile parse(String source) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new ComposeFile(
                source, Tree.of(new Yaml(new SafeConstructor(options)).<Object>load(source)));
    }

    /** One use of a variable. */
    record Use(String name, String operator, String word) {}

    List<Use> variables() {
        return VARIABLE.matcher(source.replaceAll("(?m)^\\s*#.*$", ""))
                .results()
                .map(
                        match ->
                                new Use(
                                        match.group("name"),
                                        match.group("operator") == null
                                                ? ""
                                                : match.group("operator"),
                                        match.group("word")))
                .toList();
    }

    Set<String> services() {
        return new LinkedHashSet<>(tree.at("services").keys());
    }

    Tree service(String name) {
        return tree.at("services/" + name);
    }

    /** The same file with values for its variables; a required one without is an error. */
    ComposeFile with(Map<String, String> values) {
        Matcher matcher = VARIABLE.matcher(source.replaceAll("(?m)^\\s*#.*$", ""));
        return parse(
                matcher.replaceAll(
                        match -> {
                            String name = match.group(1);
                            String value = values.getOrDefault(name, "");
                            if (value.isEmpty() && ":?".equals(match.group(2))) {
                                throw new IllegalArgumentException(name + ": " + match.group(3));
                            }
                            return Matcher.quoteReplacement(
                                    value.isEmpty() && ":-".equals(match.group(2))
                                            ? match.group(3)
                                            : value);
                        }));
    }

    Map<String, String> environment(String service) {
        Map<String, String> environment = new LinkedHashMap<>();
        service(service)
                .at("environment")
                .map()
                .forEach(
                        (name, value) ->
                                environment.put(String.valueOf(name), String.valueOf(value)));
        return environment;
    }
}
