package dev.millrace.transform.model.deps;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Packages of the hub, kept in a directory: {@code <owner>/<name>/<version>}. No hub is asked over
 * the network.
 *
 * @param directory null if there is none
 */
record HubDirectory(@Nullable Path directory) {

    static final String VARIABLE = "MILLRACE_DBT_HUB";

    /** A version of a package that is there. */
    record Found(String version, Path directory) {}

    /**
     * The newest version that meets all conditions of some entries for one package.
     *
     * @throws DependencyException if there is none
     */
    Found newest(List<PackageSpec.Hub> asked) throws DependencyException {
        PackageSpec.Hub last = asked.getLast();
        if (directory == null) {
            throw new DependencyException(last.position(), notReached(last));
        }
        List<String> conditions = new ArrayList<>();
        asked.forEach(each -> conditions.addAll(each.versions()));
        VersionRange range = new VersionRange(conditions);
        boolean prereleases =
                range.namesPrerelease() || asked.stream().allMatch(PackageSpec.Hub::prereleases);
        TreeMap<Version, Found> there = there(last);
        for (Map.Entry<Version, Found> each : there.descendingMap().entrySet()) {
            boolean counts = prereleases || each.getKey().isFinished();
            if (counts && range.contains(each.getKey())) {
                return each.getValue();
            }
        }
        throw new DependencyException(last.position(), noneMeets(asked, range, there));
    }

    private TreeMap<Version, Found> there(PackageSpec.Hub asked) throws DependencyException {
        TreeMap<Version, Found> there = new TreeMap<>();
        Path versions = directory == null ? null : directory.resolve(asked.name());
        if (versions == null || !Files.isDirectory(versions)) {
            return there;
        }
        try (Stream<Path> children = Files.list(versions)) {
            children.filter(child -> Files.isRegularFile(child.resolve(PackagesFile.PROJECT)))
                    .forEach(
                            child -> {
                                String name = child.getFileName().toString();
                                Version.of(name)
                                        .ifPresent(
                                                version ->
                                                        there.put(version, new Found(name, child)));
                            });
            return there;
        } catch (IOException e) {
            throw new DependencyException(
                    asked.position(), versions + " cannot be read: " + e.getMessage());
        }
    }

    private String noneMeets(
            List<PackageSpec.Hub> asked, VersionRange range, Map<Version, Found> there) {
        PackageSpec.Hub last = asked.getLast();
        if (there.isEmpty()) {
            return "there is no "
                    + directory
                    + "/"
                    + last.name()
                    + " with versions of the package in it; put it there, or write instead:"
                    + gitLine(last);
        }
        StringBuilder places = new StringBuilder();
        asked.subList(0, asked.size() - 1)
                .forEach(
                        each ->
                                places.append("; ")
                                        .append(each.position())
                                        .append(" asks for ")
                                        .append(new VersionRange(each.versions())));
        return "no version of "
                + last.name()
                + " meets "
                + range
                + places
                + "; there are: "
                + String.join(", ", there.values().stream().map(Found::version).toList());
    }

    private static String notReached(PackageSpec.Hub asked) {
        return "packages of the hub are not downloaded; write instead:"
                + gitLine(asked)
                + " (if its repository is called so), or name a directory with packages in"
                + " <owner>/<name>/<version> in "
                + VARIABLE;
    }

    /** Where packages of the hub usually are. */
    private static String gitLine(PackageSpec.Hub asked) {
        String owner = asked.name().substring(0, asked.name().indexOf('/'));
        String name = asked.name().substring(owner.length() + 1);
        String repository =
                owner.equals("fivetran")
                        ? "dbt_" + name
                        : owner.equals("calogica") || owner.equals("dbt-labs")
                                ? name.replace('_', '-')
                                : name;
        String version = asked.versions().getFirst().replaceAll("[^0-9A-Za-z.-]", "");
        return " git: https://github.com/"
                + owner
                + "/"
                + repository
                + ".git with revision: "
                + version;
    }
}
