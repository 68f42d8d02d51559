package dev.millrace.transform.model.deps;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gets packages out of git repositories. */
final class GitRepositories {

    private static final String HEAD = "HEAD";

    private final GitCommand git;
    private final Path downloads;
    private int count;

    /**
     * @param downloads directory to work in
     */
    GitRepositories(GitCommand git, Path downloads) {
        this.git = git;
        this.downloads = downloads;
    }

    /**
     * A package that was fetched.
     *
     * @param directory its files, without git's own
     * @param commit the commit that they are of
     */
    record Fetched(Path directory, String commit) {}

    Fetched fetch(PackageSpec.Git asked) throws DependencyException, IOException {
        Path clone = Files.createDirectories(downloads.resolve("git-" + count++));
        require(asked, git.run(clone, "init", "--quiet", "."));
        require(asked, git.run(clone, "remote", "add", "--", "origin", asked.url()));
        String fetched = fetch(clone, asked, asked.revision());
        require(asked, git.run(clone, "checkout", "--quiet", "--detach", fetched));
        String commit = require(asked, git.run(clone, "rev-parse", "--verify", HEAD));
        PackageTree.delete(clone.resolve(".git"));
        Path directory = clone;
        if (asked.subdirectory() != null) {
            directory = clone.resolve(asked.subdirectory()).normalize();
            if (!Files.isDirectory(directory)
                    || !directory.toRealPath().startsWith(clone.toRealPath())) {
                throw new DependencyException(
                        asked.position(),
                        "the repository has no directory '" + asked.subdirectory() + "'");
            }
        }
        return new Fetched(directory, commit);
    }

    /** Gets as little as the other side allows; what was got, as git names it. */
    private String fetch(Path clone, PackageSpec.Git asked, @Nullable String revision)
            throws DependencyException, IOException {
        String wanted = revision == null ? HEAD : revision;
        GitCommand.Outcome shallow =
                git.run(clone, "fetch", "--quiet", "--depth", "1", "--no-tags", "origin", wanted);
        if (shallow.succeeded()) {
            return "FETCH_HEAD";
        }
        // Not every server gives single commits, and none gives one by the beginning of its name.
        GitCommand.Outcome all =
                git.run(
                        clone,
                        "fetch",
                        "--quiet",
                        "--tags",
                        "origin",
                        "+refs/heads/*:refs/remotes/origin/*");
        if (!all.succeeded()) {
            throw new DependencyException(
                    asked.position(), "'" + asked.shownUrl() + "' cannot be fetched: " + said(all));
        }
        for (String name :
                new String[] {"refs/tags/" + wanted, "refs/remotes/origin/" + wanted, wanted}) {
            GitCommand.Outcome found =
                    git.run(clone, "rev-parse", "--verify", "--quiet", name + "^{commit}");
            if (found.succeeded()) {
                return found.output();
            }
        }
        throw new DependencyException(
                asked.position(),
                "'"
                        + asked.shownUrl()
                        + "' has no tag, branch or commit '"
                        + wanted
                        + "'; write one that is there as its revision");
    }

    private static String require(PackageSpec.Git asked, GitCommand.Outcome outcome)
            throws DependencyException {
        if (!outcome.succeeded()) {
            throw new DependencyException(
                    asked.position(), "'" + asked.shownUrl() + "' cannot be got: " + said(outcome));
        }
        return outcome.output();
    }

    private static String said(GitCommand.Outcome outcome) {
        return outcome.output().lines().reduce((a, b) -> b).orElse("git says nothing of why");
    }
}
