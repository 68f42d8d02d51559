package dev.millrace.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives a container what Kubernetes would: its variables with their secrets, its ConfigMap files.
 */
record PodEnvironment(Rendered rendered, Map<String, Map<String, String>> secrets) {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\((\\w+)\\)");

    /** Variables of a service in the order of the manifest; envFrom stands before env. */
    Map<String, String> variables(String service) {
        Tree container = rendered.container(service);
        Map<String, String> variables = new LinkedHashMap<>();
        for (Tree source : container.at("envFrom").items()) {
            variables.putAll(secret(source.at("secretRef/name").text()));
        }
        for (Tree variable : container.at("env").items()) {
            Tree reference = variable.at("valueFrom/secretKeyRef");
            String value =
                    reference.exists()
                            ? secretValue(reference)
                            : expanded(variable.at("value").text(), variables);
            variables.put(variable.at("name").text(), value);
        }
        return variables;
    }

    private String secretValue(Tree reference) {
        String key = reference.at("key").text();
        String value = secret(reference.at("name").text()).get(key);
        if (value == null) {
            throw new AssertionError("no key " + key + " in Secret " + reference.at("name").text());
        }
        return value;
    }

    private Map<String, String> secret(String name) {
        Map<String, String> secret = secrets.get(name);
        if (secret == null) {
            throw new AssertionError("the pod needs a Secret " + name);
        }
        return secret;
    }

    /** {@code $(NAME)} of a variable that stands before; one that does not stays as it is. */
    private static String expanded(String value, Map<String, String> variables) {
        return REFERENCE
                .matcher(value)
                .replaceAll(
                        match ->
                                Matcher.quoteReplacement(
                                        variables.getOrDefault(match.group(1), match.group())));
    }

    /** Writes the files of the service's project volume as the kubelet would. */
    void writeProject(String service, Path directory) throws IOException {
        Tree volume =
                rendered.ofKind("Deployment")
                        .filter(object -> object.name().endsWith("-" + service))
                        .flatMap(object -> object.at("spec/template/spec/volumes").items().stream())
                        .filter(item -> item.at("name").text().equals("project"))
                        .findFirst()
                        .orElseThrow();
        Tree data = rendered.one("ConfigMap", volume.at("configMap/name").text()).at("data");
        for (Tree item : volume.at("configMap/items").items()) {
            Path file = directory.resolve(item.at("path").text());
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, data.at(item.at("key").text()).text());
        }
    }
}
