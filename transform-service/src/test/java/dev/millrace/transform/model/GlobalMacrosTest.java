package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.jinja.MacroDefinition;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

class GlobalMacrosTest {

    private static final Pattern DISPATCH = Pattern.compile("adapter\\.dispatch\\('(\\w+)'");

    /** Macros that projects might call and do not find, by what their names contain. */
    private static final Map<String, String> LEFT_OUT =
            Map.of(
                    "aggregate_function", "functions are no kind of node here",
                    "scalar_function", "functions are no kind of node here",
                    "function_execute_build_sql", "functions are no kind of node here",
                    "get_function_", "functions are no kind of node here",
                    "unsupported_volatility", "functions are no kind of node here",
                    "list_function_relations", "functions are no kind of node here");

    @Test
    void everyDispatchedMacroHasOneToDispatchTo() throws Exception {
        Map<String, MacroDefinition> macros = MacroFiles.byName();
        Set<String> missing =
                MacroFiles.texts().values().stream()
                        .flatMap(text -> DISPATCH.matcher(text).results())
                        .map((MatchResult match) -> match.group(1))
                        .filter(
                                name ->
                                        !macros.containsKey("default__" + name)
                                                && !macros.containsKey("postgres__" + name))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(missing).isEmpty();
    }

    @Test
    void everyVariantIsOneOfAMacroThatDispatches() throws Exception {
        Set<String> dispatched =
                MacroFiles.texts().values().stream()
                        .flatMap(text -> DISPATCH.matcher(text).results())
                        .map((MatchResult match) -> match.group(1))
                        .collect(Collectors.toSet());
        List<String> calledByName =
                List.of(
                        "postgres__describe_materialized_view",
                        "postgres__make_relation_with_suffix",
                        "postgres__update_indexes_on_materialized_view");

        assertThat(MacroFiles.byName().keySet())
                .filteredOn(name -> name.matches("(default|postgres)__.*"))
                .filteredOn(name -> !calledByName.contains(name))
                .allSatisfy(
                        name -> assertThat(dispatched).contains(name.replaceFirst(".*?__", "")));
    }

    @Test
    void everyMacroThatProjectsMayCallIsThereWithItsParameters() throws Exception {
        Map<String, MacroDefinition> macros = MacroFiles.byName();
        List<String> wrong = new ArrayList<>();
        for (String line : expected()) {
            String name = line.split(" ", -1)[0];
            boolean leftOut = LEFT_OUT.keySet().stream().anyMatch(name::contains);
            MacroDefinition macro = macros.get(name);
            String found =
                    macro == null
                            ? "nothing"
                            : String.join(" ", name, String.join(" ", macro.parameterNames()))
                                    .strip();
            if (!found.equals(leftOut ? "nothing" : line)) {
                wrong.add(line + " is " + found);
            }
        }

        assertThat(wrong).isEmpty();
    }

    // The jar is asked for the files of this list alone.
    @Test
    void theListOfFilesIsThatOfTheFolder() throws Exception {
        assertThat(lines("macros/index.txt"))
                .containsExactlyElementsOf(MacroFiles.texts().keySet());
    }

    @Test
    void noMacroIsDefinedTwice() throws Exception {
        Set<String> seen = new HashSet<>();
        List<String> twice = new ArrayList<>();
        for (String packageName : MacroFiles.PACKAGES) {
            for (MacroDefinition macro : MacroFiles.macros(packageName)) {
                if (!seen.add(macro.name())) {
                    twice.add(macro.name());
                }
            }
        }

        assertThat(twice).isEmpty();
    }

    @Test
    void onlyThePackageForPostgresHasItsVariants() throws Exception {
        assertThat(MacroFiles.macros("dbt"))
                .extracting(MacroDefinition::name)
                .noneMatch(name -> name.startsWith("postgres"));
        assertThat(MacroFiles.macros("dbt_postgres"))
                .extracting(MacroDefinition::name)
                .allMatch(name -> name.startsWith("postgres") || name.startsWith("_"));
    }

    private static List<String> expected() throws Exception {
        return lines("macros.txt").stream().filter(line -> !line.startsWith("#")).toList();
    }

    private static List<String> lines(String file) throws Exception {
        try (InputStream in = GlobalMacrosTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
