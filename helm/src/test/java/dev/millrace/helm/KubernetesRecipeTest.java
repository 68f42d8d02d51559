package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** docs/recipes/kubernetes.md, followed to the letter, leads to an installation that is whole. */
class KubernetesRecipeTest {

    private static final String RECIPE = "docs/recipes/kubernetes.md";

    @TempDir private static Path directory;

    private static Rendered rendered;
    private static String notes;

    @BeforeAll
    static void render() throws IOException {
        Path values =
                Files.writeString(
                        directory.resolve("values.yaml"),
                        Markdown.blocks(RECIPE, "5. Values").getFirst());
        rendered = Chart.render(values, Map.of());
        notes = Chart.notes(values, Map.of());
    }

    @Test
    void everySecretThatIsUsedIsMadeBefore() throws IOException, InterruptedException {
        Set<String> used = new TreeSet<>();
        rendered.podSpecs()
                .forEach(
                        pod -> {
                            for (Tree volume : pod.at("volumes").items()) {
                                add(used, volume.at("secret/secretName"));
                            }
                            for (Tree container : Rendered.containers(pod)) {
                                container
                                        .at("envFrom")
                                        .items()
                                        .forEach(from -> add(used, from.at("secretRef/name")));
                                container
                                        .at("env")
                                        .items()
                                        .forEach(
                                                env ->
                                                        add(
                                                                used,
                                                                env.at(
                                                                        "valueFrom/secretKeyRef/name")));
                            }
                        });
        ingresses()
                .flatMap(ingress -> ingress.at("spec/tls").items().stream())
                .forEach(tls -> add(used, tls.at("secretName")));

        assertThat(used).contains("git-token", "events-tls", "metrics-tls", "millrace-pii");
        assertThat(made()).containsAll(used);
    }

    private static void add(Set<String> names, Tree name) {
        if (name.exists()) {
            names.add(name.text());
        }
    }

    /** The Secrets that the commands of step 4 make, told by programs that only say their words. */
    private static Set<String> made() throws IOException, InterruptedException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path calls = directory.resolve("calls");
        for (String program : List.of("kubectl", "openssl")) {
            Path file =
                    Files.writeString(
                            bin.resolve(program),
                            "#!/bin/sh\necho \"%s $*\" >>'%s'\n".formatted(program, calls));
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Shell.run(
                Map.of("PATH", bin + ":" + System.getenv("PATH")),
                "bash",
                "-euc",
                Markdown.blocks(RECIPE, "4. Secrets").getFirst());
        Set<String> made = new TreeSet<>();
        for (String call : Files.readAllLines(calls)) {
            String[] words = call.split(" ", -1);
            if (call.matches("kubectl -n data create secret (generic|tls) .*")) {
                made.add(words[6]);
            }
        }
        return made;
    }

    @Test
    void everyDoorThatIsOpenedToTheOutsideHasACertificate() {
        assertThat(ingresses())
                .hasSize(2)
                .allSatisfy(
                        ingress ->
                                assertThat(
                                                ingress.at("spec/rules").items().stream()
                                                        .map(rule -> rule.at("host").value()))
                                        .isEqualTo(
                                                ingress.at("spec/tls").items().stream()
                                                        .map(tls -> tls.at("hosts").items())
                                                        .flatMap(List::stream)
                                                        .map(Tree::value)
                                                        .toList()));
        assertThat(notes)
                .contains("https://")
                .doesNotContain("http://events")
                .doesNotContain("WARNING");
    }

    @Test
    void callersOfServingStayWithTheirPod() {
        assertThat(
                        rendered.one("Ingress", "shop-millrace-serving")
                                .at("metadata/annotations")
                                .map())
                .isEqualTo(
                        Map.of(
                                "nginx.ingress.kubernetes.io/upstream-hash-by",
                                "$http_authorization"));
    }

    private static Stream<KubernetesObject> ingresses() {
        return rendered.ofKind("Ingress");
    }
}
