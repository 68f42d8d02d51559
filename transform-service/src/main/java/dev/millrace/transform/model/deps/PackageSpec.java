package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Position;
import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one entry of {@code packages.yml} asks for. */
sealed interface PackageSpec {

    Position position();

    /** The entry as it is written, before it is rendered. */
    Map<String, Object> written();

    /** The same for two entries that ask for one package, in whatever version. */
    String identity();

    /** The keys by which dbt tells whether the list has changed. */
    Map<String, Object> fingerprint();

    /** A package in a directory of this machine. */
    record Local(Position position, Map<String, Object> written, String path)
            implements PackageSpec {

        @Override
        public String identity() {
            return "local " + path;
        }

        @Override
        public Map<String, Object> fingerprint() {
            return new TreeMap<>(Map.of("local", path, "unrendered", new TreeMap<>(written)));
        }
    }

    /**
     * A package in a git repository.
     *
     * @param revision tag, branch or commit; null for what the repository has by default
     * @param subdirectory where in the repository it is; null for its top
     * @param warnsUnpinned whether it is told that a branch may change at any time
     */
    record Git(
            Position position,
            Map<String, Object> written,
            String url,
            @Nullable String revision,
            @Nullable String subdirectory,
            @Nullable Boolean warnsUnpinned)
            implements PackageSpec {

        @Override
        public String identity() {
            String bare = url.endsWith(".git") ? url.substring(0, url.length() - 4) : url;
            return "git " + bare + (subdirectory == null ? "" : "/" + subdirectory);
        }

        @Override
        public Map<String, Object> fingerprint() {
            Map<String, Object> keys = new TreeMap<>();
            keys.put("git", url);
            keys.put("revision", orNone(revision));
            keys.put("subdirectory", orNone(subdirectory));
            keys.put("warn-unpinned", orNone(warnsUnpinned));
            keys.put("unrendered", new TreeMap<>(written));
            return keys;
        }

        private static Object orNone(@Nullable Object value) {
            return value == null ? None.NONE : value;
        }

        /** The address without what may be a password in it. */
        String shownUrl() {
            return GitAddress.shown(url);
        }
    }

    /**
     * A package of the hub.
     *
     * @param name as in {@code dbt-labs/dbt_utils}
     * @param versions conditions that its version meets, all of them
     * @param prereleases whether versions that are not finished count
     */
    record Hub(
            Position position,
            Map<String, Object> written,
            String name,
            List<String> versions,
            boolean prereleases)
            implements PackageSpec {

        public Hub {
            versions = List.copyOf(versions);
        }

        @Override
        public String identity() {
            return "hub " + name;
        }

        @Override
        public Map<String, Object> fingerprint() {
            Map<String, Object> keys = new TreeMap<>();
            keys.put("package", name);
            keys.put(
                    "version",
                    written.get("version") instanceof List<?> ? versions : versions.getFirst());
            keys.put("install_prerelease", prereleases);
            keys.put("unrendered", new TreeMap<>(written));
            return keys;
        }
    }
}
