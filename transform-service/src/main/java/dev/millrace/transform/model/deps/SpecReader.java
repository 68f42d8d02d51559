package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.EnvironmentRendering;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one entry of a list of packages. */
final class SpecReader {

    private static final Pattern HUB_NAME = Pattern.compile("[A-Za-z0-9_-]+/[A-Za-z0-9_-]+");
    private static final int MAX_PATH = 1_024;

    private final YamlValue item;
    private final @Nullable EnvironmentRendering rendering;
    private final Problems problems;
    private boolean failed;

    /**
     * @param rendering null where a file has no templates
     */
    SpecReader(YamlValue item, @Nullable EnvironmentRendering rendering, Problems problems) {
        this.item = item;
        this.rendering = rendering;
        this.problems = problems;
    }

    Optional<PackageSpec> read() {
        if (!item.isMapping()) {
            item.reject("expected keys with values, such as 'package' and 'version'");
            return Optional.empty();
        }
        YamlMapping mapping = item.mapping();
        Map<String, Object> written = new LinkedHashMap<>();
        if (item.plain() instanceof Map<?, ?> plain) {
            plain.forEach((key, value) -> put(written, String.valueOf(key), value));
        }
        PackageSpec spec;
        if (mapping.take("local").isPresent()) {
            spec = local(mapping, written);
        } else if (mapping.take("git").isPresent()) {
            spec = git(mapping, written);
        } else if (mapping.take("package").isPresent()) {
            spec = hub(mapping, written);
        } else {
            refuse(mapping);
            return Optional.empty();
        }
        return failed ? Optional.empty() : Optional.of(spec);
    }

    private static void put(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private void refuse(YamlMapping mapping) {
        if (mapping.take("tarball").isPresent()) {
            mapping.reject(
                    "tarball",
                    "archives are not downloaded; write where the package's repository is: git:"
                            + " https://… with the tag as its revision, or unpack it and write"
                            + " local:");
        } else if (mapping.take("private").isPresent()) {
            mapping.reject(
                    "private",
                    "packages of a provider are not offered; write git: with the address, and a"
                            + " token as in https://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@host/…");
        } else {
            item.reject("a package has one of the keys package, git and local");
        }
    }

    private PackageSpec local(YamlMapping mapping, Map<String, Object> written) {
        String path = text(mapping, "local");
        if (path.isBlank() || path.length() > MAX_PATH || path.indexOf('\0') >= 0) {
            reject(mapping, "local", "expected the path of a directory");
        }
        return new PackageSpec.Local(item.position(), written, path);
    }

    private PackageSpec git(YamlMapping mapping, Map<String, Object> written) {
        String url = text(mapping, "git");
        GitAddress.refusal(url).ifPresent(problem -> reject(mapping, "git", problem));
        String revision = optional(mapping, "revision");
        if (revision != null && !GitAddress.isRevision(revision)) {
            reject(mapping, "revision", "this names no tag, branch or commit");
        }
        String subdirectory = optional(mapping, "subdirectory");
        if (subdirectory != null && !isWithin(subdirectory)) {
            reject(mapping, "subdirectory", "expected the path of a directory in the repository");
        }
        Object warns =
                written.containsKey("warn-unpinned")
                        ? written.get("warn-unpinned")
                        : written.get("warn_unpinned");
        return new PackageSpec.Git(
                item.position(),
                written,
                url,
                revision,
                subdirectory,
                warns instanceof Boolean flag ? flag : null);
    }

    /** Whether a path leads from a directory to one below it. */
    static boolean isWithin(String path) {
        if (path.startsWith("/") || path.contains("\\") || path.length() > MAX_PATH) {
            return false;
        }
        return List.of(path.split("/", -1)).stream()
                .allMatch(
                        step ->
                                step.matches("[A-Za-z0-9_. -]*")
                                        && !step.equals("..")
                                        && !step.startsWith("-")
                                        && !step.equals(".git"));
    }

    private PackageSpec hub(YamlMapping mapping, Map<String, Object> written) {
        String name = text(mapping, "package");
        if (!HUB_NAME.matcher(name).matches()) {
            reject(mapping, "package", "expected a name as in dbt-labs/dbt_utils");
        }
        List<String> versions = new ArrayList<>();
        for (YamlValue version : mapping.list("version")) {
            versions.add(rendered(version));
        }
        if (versions.isEmpty()) {
            reject(mapping, "version", "the key 'version' is required here, as in version: 1.3.0");
            versions.add("0.0.0");
        }
        for (String version : versions) {
            if (!VersionRange.isOne(version)) {
                reject(mapping, "version", "'" + version + "' is no version, as 1.3.0 is one");
            }
        }
        Object prereleases =
                written.containsKey("install_prerelease")
                        ? written.get("install_prerelease")
                        : written.get("install-prerelease");
        return new PackageSpec.Hub(
                item.position(), written, name, versions, Boolean.TRUE.equals(prereleases));
    }

    private String text(YamlMapping mapping, String key) {
        return mapping.take(key).map(this::rendered).orElse("").strip();
    }

    private @Nullable String optional(YamlMapping mapping, String key) {
        String text = text(mapping, key);
        return text.isEmpty() ? null : text;
    }

    private String rendered(YamlValue value) {
        String text = value.text().orElse("");
        if (rendering == null) {
            return text;
        }
        try {
            Object rendered = rendering.render(value.position().file(), text).value();
            return rendered == null ? "" : String.valueOf(rendered);
        } catch (JinjaException e) {
            failed = true;
            problems.add(value.position(), e.problem());
            return "";
        }
    }

    private void reject(YamlMapping mapping, String key, String problem) {
        if (!failed) {
            mapping.reject(key, problem);
        }
        failed = true;
    }
}
