package dev.millrace.helm;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one set of values renders to. */
record Rendered(List<KubernetesObject> objects) {

    Stream<KubernetesObject> ofKind(String kind) {
        return objects.stream().filter(object -> object.kind().equals(kind));
    }

    KubernetesObject one(String kind, String name) {
        return ofKind(kind)
                .filter(object -> object.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name + objects));
    }

    /** The pod templates of everything that runs containers. */
    Stream<Tree> podSpecs() {
        return objects.stream().map(object -> object.at("spec/template/spec")).filter(Tree::exists);
    }

    Tree pod(String deployment) {
        return one("Deployment", deployment).at("spec/template/spec");
    }

    /** The container of a service, whatever the release is called. */
    Tree container(String service) {
        return ofKind("Deployment")
                .map(deployment -> deployment.at("spec/template/spec/containers"))
                .map(containers -> containers.items().getFirst())
                .filter(container -> container.at("name").text().equals(service))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no container " + service));
    }

    static List<Tree> containers(Tree pod) {
        return Stream.concat(
                        pod.at("initContainers").items().stream(),
                        pod.at("containers").items().stream())
                .toList();
    }

    /** Names and plain values; the value of a variable that comes from a Secret reads as null. */
    static Map<String, String> environment(Tree container) {
        return container.at("env").items().stream()
                .collect(
                        Collectors.toMap(
                                env -> env.at("name").text(),
                                env -> String.valueOf(env.at("value").value())));
    }
}
