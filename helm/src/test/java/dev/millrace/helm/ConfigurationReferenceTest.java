package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** docs/reference/configuration.md names the defaults that the services' settings have. */
class ConfigurationReferenceTest {

    private static final Pattern SETTINGS =
            Pattern.compile(
                    "@ConfigurationProperties\\(\"([^\"]+)\"\\)\\s+record \\w+\\(([^{]*)\\{");
    private static final Pattern WITH_DEFAULT =
            Pattern.compile("@DefaultValue\\(\"([^\"]*)\"\\)\\s+\\w+\\s+(\\w+)");

    @Test
    void documentedDefaultsAreThoseOfTheCode() throws IOException {
        Map<String, String> defaults = defaults();
        Map<String, String> documented = new HashMap<>();
        rows().forEach(row -> properties(row).forEach(name -> documented.put(name, row.get(2))));
        documented.keySet().retainAll(defaults.keySet());

        assertThat(documented).hasSizeGreaterThan(12);
        defaults.keySet().retainAll(documented.keySet());
        assertThat(documented).isEqualTo(defaults);
    }

    /** Of a row that names one, or several of one place: {@code a.b.url, .username}. */
    private static List<String> properties(List<String> row) {
        String[] names = row.getFirst().split(", | or ", -1);
        String place = names[0].substring(0, names[0].lastIndexOf('.'));
        return Arrays.stream(names)
                .map(name -> name.startsWith(".") ? place + name : name)
                .toList();
    }

    @Test
    void documentedVariablesAreThoseOfTheirSettings() throws IOException {
        assertThat(rows().filter(row -> row.getFirst().matches("millrace[a-z.-]+")))
                .hasSizeGreaterThan(20)
                .allSatisfy(
                        row ->
                                assertThat(row.get(1))
                                        .isEqualTo(
                                                row.getFirst()
                                                        .toUpperCase(Locale.ROOT)
                                                        .replace('.', '_')
                                                        .replace("-", "")));
    }

    /** By property; those without a default, and those of other libraries, are left out. */
    private static Map<String, String> defaults() throws IOException {
        Map<String, String> defaults = new HashMap<>();
        for (String module :
                List.of(
                        "operations",
                        "ingestion-service",
                        "transform-service",
                        "serving-service")) {
            try (Stream<Path> files = Files.walk(Repository.file(module + "/src/main/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith("Settings.java")).toList()) {
                    Matcher settings = SETTINGS.matcher(Files.readString(file));
                    if (settings.find()) {
                        for (MatchResult component :
                                WITH_DEFAULT.matcher(settings.group(2)).results().toList()) {
                            defaults.put(
                                    settings.group(1) + "." + dashed(component.group(2)),
                                    component.group(1));
                        }
                    }
                }
            }
        }
        return defaults;
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The rows of all tables, without code marks. */
    private static Stream<List<String>> rows() throws IOException {
        return Files.readAllLines(Repository.file("docs/reference/configuration.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.replace("`", "").split("\\|", -1))
                .map(cells -> Arrays.stream(cells).skip(1).map(String::strip).toList());
    }
}
