package dev.millrace.contracts.project;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A project as a test writes it: texts by path. */
public final class WrittenProject {

    private final Map<String, String> texts = new TreeMap<>();
    private Map<String, String> environment = Map.of();
    private EnumSet<ProjectLoader.Kind> kinds = EnumSet.allOf(ProjectLoader.Kind.class);

    public static WrittenProject of(String path, String text) {
        return new WrittenProject().with(path, text);
    }

    public WrittenProject with(String path, String text) {
        texts.put(path, text);
        return this;
    }

    public WrittenProject in(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    public WrittenProject readBy(ProjectLoader.Kind... some) {
        kinds = EnumSet.noneOf(ProjectLoader.Kind.class);
        kinds.addAll(List.of(some));
        return this;
    }

    public ProjectFiles files() {
        Map<String, byte[]> contents = new TreeMap<>();
        texts.forEach((path, text) -> contents.put(path, text.getBytes(UTF_8)));
        return ProjectFiles.of(contents);
    }

    public Project load() throws InvalidProjectException {
        return new ProjectLoader(Environment.of(environment), kinds).load(files());
    }

    /** The mistakes, as a user reads them; none if the project is good. */
    public List<String> mistakes() {
        try {
            load();
            return List.of();
        } catch (InvalidProjectException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    /** The warnings, as a user reads them. */
    public List<String> warnings() throws InvalidProjectException {
        return load().warnings().stream().map(Problem::toString).toList();
    }
}
