package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.Json;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.EnvironmentRendering;

import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code package-lock.yml}: which packages a list came down to, for whoever installs it next. */
final class LockFile {

    static final String NAME = "package-lock.yml";

    private static final String HASH = "sha1_hash";

    private final Path project;
    private final PackagesFile files;
    private final EnvironmentRendering rendering;

    LockFile(Path project, PackagesFile files, EnvironmentRendering rendering) {
        this.project = project;
        this.files = files;
        this.rendering = rendering;
    }

    /** The locked packages, if they are those of this list. */
    Optional<List<PackageSpec>> read(List<PackageSpec> list) {
        Optional<YamlMapping> lock = files.document(project, NAME, "");
        boolean same =
                lock.flatMap(mapping -> mapping.take(HASH))
                        .flatMap(YamlValue::text)
                        .filter(hash(list)::equals)
                        .isPresent();
        return same ? lock.map(mapping -> files.specs(mapping, rendering)) : Optional.empty();
    }

    /** Writes what a list came down to. */
    void write(List<PackageSpec> list, Collection<Resolved> resolved) throws IOException {
        List<Object> packages = new ArrayList<>();
        resolved.forEach(each -> packages.add(each.locked()));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("packages", packages);
        document.put(HASH, hash(list));
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        Path temporary = Files.createTempFile(project, "." + NAME, ".tmp");
        try {
            Files.writeString(temporary, new Yaml(options).dump(document));
            Files.move(temporary, project.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The hash that dbt has for the same list, so that a lock of dbt's is good here, too. */
    static String hash(List<PackageSpec> list) {
        String text =
                list.stream()
                        .map(spec -> Json.write(Values.of(spec.fingerprint())))
                        .sorted()
                        .collect(Collectors.joining("\n"));
        try {
            // Nothing is kept safe by it: it tells whether a list has changed.
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
