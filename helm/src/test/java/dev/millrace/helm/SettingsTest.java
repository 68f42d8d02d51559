package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Every variable that the chart or the Compose file sets is a setting that the service has. */
class SettingsTest {

    private static final String MARK =
            "org.springframework.boot.context.properties.ConfigurationProperties";

    /** Settings whose last part is free. */
    private static final List<String> FREE =
            List.of("SPRING_KAFKA_PROPERTIES_", "SPRING_SSL_BUNDLE_PEM_");

    /** Read by the JVM, or only a part of another variable. */
    private static final Set<String> OTHERS =
            Set.of("JAVA_TOOL_OPTIONS", "KAFKA_USERNAME", "KAFKA_PASSWORD", "WEB_WRITE_KEY");

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"ingestion", "transform", "serving"})
    void everyVariableIsASettingOfTheService(String service)
            throws IOException, InterruptedException, ReflectiveOperationException {
        assumeTrue(
                Image.jar(service).isPresent(),
                service + " is not packaged: this runs with mvn verify");
        Set<String> variables = new TreeSet<>(ComposeFile.read().environment(service).keySet());
        for (String values : List.of("minimal", "everything", "certificates")) {
            variables.addAll(
                    Rendered.environment(Chart.render(values).container(service)).keySet());
        }
        variables.removeAll(OTHERS);

        Set<String> settings = settings(Image.build(service, directory));

        assertThat(settings).hasSizeGreaterThan(500);
        assertThat(variables)
                .isNotEmpty()
                .allSatisfy(
                        variable ->
                                assertThat(
                                                settings.contains(variable)
                                                        || FREE.stream()
                                                                .anyMatch(variable::startsWith))
                                        .as("%s sets nothing in %s", variable, service)
                                        .isTrue());
    }

    /** The settings that the classes of an image bind, as environment variables. */
    private static Set<String> settings(Image image)
            throws IOException, ReflectiveOperationException {
        List<Path> jars;
        try (Stream<Path> files = Files.walk(image.app())) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        Set<String> settings = new HashSet<>();
        try (URLClassLoader classes =
                new URLClassLoader(
                        jars.stream().map(SettingsTest::url).toArray(URL[]::new),
                        ClassLoader.getPlatformClassLoader())) {
            Class<? extends Annotation> mark = classes.loadClass(MARK).asSubclass(Annotation.class);
            for (Path jar : jars) {
                collect(jar, classes, mark, settings);
            }
        }
        return settings;
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void collect(
            Path file, ClassLoader classes, Class<? extends Annotation> mark, Set<String> settings)
            throws IOException, ReflectiveOperationException {
        try (JarFile jar = new JarFile(file.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (name.equals("META-INF/spring-configuration-metadata.json")) {
                    collectDocumented(jar, entry, settings);
                } else if (name.startsWith("dev/millrace/") && name.endsWith("Settings.class")) {
                    Class<?> type =
                            classes.loadClass(
                                    name.replace('/', '.').substring(0, name.length() - 6));
                    Annotation found = type.getAnnotation(mark);
                    if (found != null && type.isRecord()) {
                        String prefix = (String) mark.getMethod("value").invoke(found);
                        for (RecordComponent component : type.getRecordComponents()) {
                            add(settings, prefix + "." + component.getName());
                        }
                    }
                }
            }
        }
    }

    private static void collectDocumented(JarFile jar, JarEntry entry, Set<String> settings)
            throws IOException {
        try (InputStreamReader in =
                new InputStreamReader(jar.getInputStream(entry), StandardCharsets.UTF_8)) {
            for (JsonElement property :
                    JsonParser.parseReader(in).getAsJsonObject().getAsJsonArray("properties")) {
                add(settings, property.getAsJsonObject().get("name").getAsString());
            }
        }
    }

    /** Spring reads a dash left out, and for a setting of old also a dash as an underscore. */
    private static void add(Set<String> settings, String setting) {
        String upper = setting.replace('.', '_').toUpperCase(Locale.ROOT);
        settings.add(upper.replace("-", ""));
        settings.add(upper.replace('-', '_'));
    }
}
