package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The selections that a project has names for, in its {@code selectors.yml}. */
public final class Selectors {

    /** A project without any. */
    public static final Selectors NONE = new Selectors(Map.of(), null);

    private static final String FILE = "selectors.yml";

    private final Map<String, Named> named;
    private final @Nullable String defaultName;

    /**
     * @param depth how many others it takes in one within the other
     */
    record Named(Spec definition, String description, int depth) {}

    Selectors(Map<String, Named> named, @Nullable String defaultName) {
        this.named = new LinkedHashMap<>(named);
        this.defaultName = defaultName;
    }

    /** Reads the project's file as it is written. */
    public static Selectors read(ProjectFiles files, Problems problems) {
        return read(files, UnaryOperator.identity(), problems);
    }

    /**
     * Reads the project's file.
     *
     * @param rendering gives what a template in a value comes to
     * @param problems takes every mistake
     */
    public static Selectors read(
            ProjectFiles files, UnaryOperator<String> rendering, Problems problems) {
        if (!files.contains(FILE)) {
            return NONE;
        }
        Optional<YamlValue> document =
                YamlValue.parse(
                        FILE,
                        files.text(FILE).getBytes(StandardCharsets.UTF_8),
                        YamlValue.verbatim(),
                        problems);
        return document.map(root -> new SelectorReader(rendering, problems).read(root))
                .orElse(NONE);
    }

    /** Names in the order of the file. */
    public Set<String> names() {
        return named.keySet();
    }

    /** What a selector is said to be for; empty if nothing is said. */
    public String description(String name) {
        Named found = named.get(name);
        return found == null ? "" : found.description();
    }

    /** The one that counts if the user selects nothing; null if there is none. */
    public @Nullable String defaultName() {
        return defaultName;
    }

    Spec definition(String name) throws InvalidSelectionException {
        Named found = named.get(name);
        if (found == null) {
            throw new InvalidSelectionException(
                    "--selector " + name,
                    named.isEmpty()
                            ? "the project has no selectors; write them into selectors.yml"
                            : "there is no such selector"
                                    + NearestName.of(name, named.keySet())
                                            .map(near -> "; did you mean '" + near + "'?")
                                            .orElse(
                                                    "; there are: "
                                                            + String.join(", ", named.keySet())));
        }
        return found.definition();
    }
}
