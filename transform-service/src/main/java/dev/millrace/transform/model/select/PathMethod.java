package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.select.Spec.Criterion;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Finds resources by their files, those that describe them, and the directories of these. */
final class PathMethod {

    private final Set<String> files = new HashSet<>();
    private final Set<String> directories = new HashSet<>();

    /** dbt looks for the paths in the project itself, and for these then in all packages. */
    PathMethod(Resources resources) {
        String root = resources.manifest().rootPackage();
        resources.all().stream()
                .filter(resource -> resource.packageName().equals(root))
                .forEach(this::add);
        resources.manifest().disabled().values().stream()
                .filter(node -> node.packageName().equals(root))
                .map(Node::file)
                .forEach(this::add);
    }

    private void add(Resource resource) {
        add(resource.file());
        if (resource instanceof Resource.OfNode node && node.propertiesFile() != null) {
            add(node.propertiesFile());
        }
    }

    private void add(String file) {
        files.add(file);
        directories.addAll(directoriesOf(file));
    }

    Set<String> files() {
        return files;
    }

    Set<String> directories() {
        return directories;
    }

    Predicate<Resource> predicate(Criterion criterion) throws InvalidSelectionException {
        String value = criterion.text();
        if (value.startsWith("/") || value.isEmpty()) {
            throw new InvalidSelectionException(
                    criterion.where(), "give a path relative to the project, such as path:models");
        }
        PathPattern pattern = PathPattern.of(value);
        Set<String> found = new HashSet<>();
        files.stream().filter(pattern::matchesFile).forEach(found::add);
        Set<String> foundDirectories = new HashSet<>();
        directories.stream().filter(pattern::matchesDirectory).forEach(foundDirectories::add);
        return resource ->
                found.contains(resource.file())
                        || directoriesOf(resource.file()).stream()
                                .anyMatch(foundDirectories::contains)
                        || (resource instanceof Resource.OfNode node
                                && node.propertiesFile() != null
                                && found.contains(node.propertiesFile()));
    }

    /** The directories that a file is in, from the project itself on, which is empty text. */
    private static Set<String> directoriesOf(String file) {
        Set<String> directories = new HashSet<>(Set.of(""));
        for (int at = file.indexOf('/'); at > 0; at = file.indexOf('/', at + 1)) {
            directories.add(file.substring(0, at));
        }
        return directories;
    }
}
