package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Problems;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds the packages that a project asks for, and those that these ask for. */
final class Resolver {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,128}");
    private static final int MAX_PACKAGES = 200;
    private static final Set<String> MOVING = Set.of("HEAD", "main", "master");

    private final Path project;
    private final PackagesFile files;
    private final GitRepositories git;
    private final HubDirectory hub;
    private final Problems problems;
    private final Map<String, Resolved> found = new LinkedHashMap<>();
    private final Map<String, List<PackageSpec.Hub>> asked = new LinkedHashMap<>();
    private final Deque<Wanted> wanted = new ArrayDeque<>();

    /** A package that is asked for, and by which; null for the project itself. */
    private record Wanted(PackageSpec spec, @Nullable Resolved by) {}

    Resolver(
            Path project,
            PackagesFile files,
            GitRepositories git,
            HubDirectory hub,
            Problems problems) {
        this.project = project;
        this.files = files;
        this.git = git;
        this.hub = hub;
        this.problems = problems;
    }

    /** The packages of a list with all that they ask for. */
    Collection<Resolved> all(List<PackageSpec> specs) throws IOException {
        return resolve(specs, Integer.MAX_VALUE);
    }

    /** The packages of a lock, which is complete. */
    Collection<Resolved> locked(List<PackageSpec> specs) throws IOException {
        return resolve(specs, 0);
    }

    private Collection<Resolved> resolve(List<PackageSpec> specs, int depth) throws IOException {
        specs.forEach(spec -> wanted.add(new Wanted(spec, null)));
        while (!wanted.isEmpty()) {
            Wanted next = wanted.remove();
            if (found.size() >= MAX_PACKAGES) {
                problems.add(
                        next.spec().position(),
                        "packages ask for more than " + MAX_PACKAGES + " others");
                break;
            }
            try {
                Resolved resolved = resolve(next);
                if (resolved != null && depth > 0) {
                    files.read(resolved.files(), resolved.name())
                            .forEach(spec -> wanted.add(new Wanted(spec, resolved)));
                }
            } catch (DependencyException e) {
                problems.add(e.position(), e.problem());
            }
        }
        return found.values();
    }

    /** The package; null if it was found before. */
    private @Nullable Resolved resolve(Wanted next) throws DependencyException, IOException {
        PackageSpec spec =
                next.spec() instanceof PackageSpec.Local local
                        ? placed(local, next.by())
                        : next.spec();
        Resolved earlier = found.get(spec.identity());
        Resolved resolved =
                switch (spec) {
                    case PackageSpec.Local local -> earlier == null ? local(local) : null;
                    case PackageSpec.Git repository -> git(repository, earlier, next.by());
                    case PackageSpec.Hub each -> hub(each, earlier);
                };
        if (resolved != null) {
            checkName(resolved);
            found.put(spec.identity(), resolved);
        }
        return resolved;
    }

    /** A directory as the project itself would name it, or as a part of a repository. */
    private PackageSpec placed(PackageSpec.Local local, @Nullable Resolved by)
            throws DependencyException, IOException {
        if (by != null && by.spec() instanceof PackageSpec.Git repository) {
            String above = repository.subdirectory() == null ? "" : repository.subdirectory() + "/";
            String path = Path.of("/" + above + local.path()).normalize().toString().substring(1);
            if (!SpecReader.isWithin(path) || path.isEmpty()) {
                throw new DependencyException(
                        local.position(), "'" + local.path() + "' is not in the repository");
            }
            return new PackageSpec.Git(
                    local.position(),
                    repository.written(),
                    repository.url(),
                    by.version(),
                    path,
                    false);
        }
        if (by != null && by.spec() instanceof PackageSpec.Hub) {
            throw new DependencyException(
                    local.position(), "a package of the hub cannot ask for a directory");
        }
        Path base = by == null ? project : by.files();
        Path directory = base.resolve(local.path()).normalize();
        if (!Files.isDirectory(directory)) {
            throw new DependencyException(
                    local.position(),
                    "there is no directory '" + local.path() + "' beside " + shown(base));
        }
        String path = project.toRealPath().relativize(directory.toRealPath()).toString();
        boolean same = by == null || path.equals(local.path());
        return new PackageSpec.Local(local.position(), local.written(), same ? local.path() : path);
    }

    private String shown(Path base) {
        return base.equals(project) ? "the project" : base.toString();
    }

    private Resolved local(PackageSpec.Local local) throws DependencyException {
        Path directory = project.resolve(local.path()).normalize();
        return new Resolved(
                local,
                name(local, directory),
                "local",
                directory,
                new LinkedHashMap<>(Map.of("local", local.path())));
    }

    private @Nullable Resolved git(
            PackageSpec.Git asks, @Nullable Resolved earlier, @Nullable Resolved by)
            throws DependencyException, IOException {
        if (earlier != null) {
            checkRevision(asks, earlier);
            return null;
        }
        boolean trusted =
                by == null
                        || by.spec() instanceof PackageSpec.Local
                        || (by.spec() instanceof PackageSpec.Git g && g.url().equals(asks.url()));
        if (GitAddress.isLocal(asks.url()) && !trusted) {
            throw new DependencyException(
                    asks.position(),
                    "a package from elsewhere cannot ask for a repository of this machine");
        }
        boolean moving = asks.revision() == null || MOVING.contains(asks.revision());
        if (moving && !Boolean.FALSE.equals(asks.warnsUnpinned())) {
            problems.warn(
                    asks.position(),
                    "'"
                            + asks.shownUrl()
                            + "' is not pinned and may change at any time; write a tag or commit as"
                            + " its revision");
        }
        GitRepositories.Fetched fetched = git.fetch(asks);
        check(asks, fetched.directory());
        Map<String, Object> locked = new LinkedHashMap<>();
        // As it is written: a token must not get into a file that is committed.
        locked.put("git", asks.written().getOrDefault("git", asks.url()));
        locked.put("revision", fetched.commit());
        if (asks.subdirectory() != null) {
            locked.put("subdirectory", asks.subdirectory());
        }
        return new Resolved(
                asks,
                name(asks, fetched.directory()),
                fetched.commit(),
                fetched.directory(),
                locked);
    }

    private static void checkRevision(PackageSpec.Git asks, Resolved earlier)
            throws DependencyException {
        String first = earlier.spec() instanceof PackageSpec.Git git ? git.revision() : null;
        boolean agree =
                asks.revision() == null
                        ? first == null
                        : asks.revision().equals(first)
                                || asks.revision().equals(earlier.version());
        if (!agree) {
            throw new DependencyException(
                    asks.position(),
                    "the revision "
                            + (asks.revision() == null ? "by default" : asks.revision())
                            + " of '"
                            + asks.shownUrl()
                            + "' is asked for here, and "
                            + (first == null ? "the one by default" : first)
                            + " at "
                            + earlier.position()
                            + "; write the same in both places");
        }
    }

    private @Nullable Resolved hub(PackageSpec.Hub asks, @Nullable Resolved earlier)
            throws DependencyException {
        List<PackageSpec.Hub> all = asked.computeIfAbsent(asks.name(), n -> new ArrayList<>());
        all.add(asks);
        HubDirectory.Found newest = hub.newest(all);
        if (earlier != null && earlier.version().equals(newest.version())) {
            return null;
        }
        check(asks, newest.directory());
        Map<String, Object> locked = new LinkedHashMap<>();
        locked.put("package", asks.name());
        locked.put("version", newest.version());
        return new Resolved(
                asks, name(asks, newest.directory()), newest.version(), newest.directory(), locked);
    }

    private static void check(PackageSpec spec, Path directory) throws DependencyException {
        try {
            PackageTree.check(directory);
        } catch (IOException e) {
            throw new DependencyException(
                    spec.position(), "this package is not taken: " + e.getMessage());
        }
    }

    private String name(PackageSpec spec, Path directory) throws DependencyException {
        String name = files.projectKey(directory, "the package", "name").orElse("");
        if (!NAME.matcher(name).matches()) {
            throw new DependencyException(
                    spec.position(),
                    Files.isRegularFile(directory.resolve(PackagesFile.PROJECT))
                            ? "the package's dbt_project.yml gives it the name '"
                                    + name
                                    + "', and a name is of letters, digits and underscores"
                            : "this is no dbt package: it has no dbt_project.yml");
        }
        return name;
    }

    private void checkName(Resolved resolved) throws DependencyException {
        if (resolved.name().equals(files.projectKey(project, "", "name").orElse(""))) {
            throw new DependencyException(
                    resolved.position(),
                    "the package is called '" + resolved.name() + "', as the project itself is");
        }
        for (Map.Entry<String, Resolved> other : found.entrySet()) {
            boolean same = other.getValue().name().equals(resolved.name());
            if (same && !other.getKey().equals(resolved.spec().identity())) {
                throw new DependencyException(
                        resolved.position(),
                        "there is another package '"
                                + resolved.name()
                                + "' at "
                                + other.getValue().position()
                                + " ("
                                + other.getValue().source()
                                + "); leave one of them out");
            }
        }
    }
}
