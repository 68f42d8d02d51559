package dev.millrace.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.TemplateCommand;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The Helm chart, rendered by Helm itself. */
final class Chart {

    static final Path DIRECTORY = Path.of("millrace").toAbsolutePath();
    static final String RELEASE = "shop";
    static final String NAMESPACE = "data";
    static final List<String> SERVICES = List.of("ingestion", "transform", "serving");

    /**
     * helm-java leaves hooks out of what it renders. Under another name their annotation makes them
     * objects like any other, and so checked like any other.
     */
    static final String HOOK = "example.com/hook";

    private static final Path WITH_HOOKS = copyWithHooksRenamed();

    private Chart() {}

    private static Path copyWithHooksRenamed() {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            Path copy = Files.createTempDirectory("chart");
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(DIRECTORY.relativize(file).toString());
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.writeString(
                        target, Files.readString(file).replace("helm.sh/hook:", HOOK + ":"));
                target.toFile().deleteOnExit();
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path values(String name) {
        return DIRECTORY.resolve("ci").resolve(name + "-values.yaml");
    }

    /** The objects that the values of {@code ci/<name>-values.yaml} make. */
    static Rendered render(String name) {
        return render(name, Map.of());
    }

    /** The same with some values set otherwise, written as for {@code helm --set}. */
    static Rendered render(String name, Map<String, ?> set) {
        return render(values(name), set);
    }

    /** The objects that a file of values makes, with some set otherwise. */
    static Rendered render(Path values, Map<String, ?> set) {
        TemplateCommand command =
                new Helm(WITH_HOOKS)
                        .template()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion("1.33.0")
                        .withValuesFile(values);
        set.forEach(command::set);
        return new Rendered(parse(command.call()));
    }

    /** What {@code helm install} prints after its work. */
    static String notes(String name, Map<String, ?> set) {
        return notes(values(name), set);
    }

    static String notes(Path values, Map<String, ?> set) {
        InstallCommand command =
                new Helm(DIRECTORY)
                        .install()
                        .clientOnly()
                        .dryRun()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion("1.33.0")
                        .withValuesFile(values);
        set.forEach(command::set);
        String output = command.call().getOutput();
        return output.substring(output.indexOf("NOTES:"));
    }

    private static List<KubernetesObject> parse(String manifests) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<KubernetesObject> objects = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(manifests)) {
            if (document != null) {
                objects.add(new KubernetesObject(Tree.of(document)));
            }
        }
        return objects;
    }
}
