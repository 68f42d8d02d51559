package dev.millrace.transform.model.profile;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds {@code profiles.yml}, and reads files of YAML. */
final class ProfileFiles {

    static final String NAME = "profiles.yml";

    private static final String DIRECTORY = "DBT_PROFILES_DIR";
    private static final long MAX_BYTES = 1 << 20;

    private final ProfileRequest request;
    private final Environment environment;
    private final Problems problems;

    ProfileFiles(ProfileRequest request, Environment environment, Problems problems) {
        this.request = request;
        this.environment = environment;
        this.problems = problems;
    }

    /** The first of the places that has the file; a problem if none has. */
    Optional<Path> find() {
        List<Path> places = places();
        for (Path place : places) {
            Path file = place.resolve(NAME);
            if (Files.isRegularFile(file)) {
                return Optional.of(file);
            }
        }
        problems.add(
                new Position(NAME, 1, 1),
                "there is no such file in "
                        + places.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + "; write one, or say where it is with --profiles-dir");
        return Optional.empty();
    }

    /** A directory that was named is the only place that counts. */
    private List<Path> places() {
        if (request.directory() != null) {
            return List.of(request.directory());
        }
        List<Path> places = new ArrayList<>();
        environment
                .value(DIRECTORY)
                .filter(value -> !value.isBlank())
                .flatMap(this::directory)
                .ifPresent(places::add);
        if (places.isEmpty()) {
            places.add(request.project());
            places.add(request.home().resolve(".dbt"));
        }
        return places;
    }

    private Optional<Path> directory(String written) {
        try {
            return Optional.of(
                    written.startsWith("~/")
                            ? request.home().resolve(written.substring(2))
                            : Path.of(written));
        } catch (InvalidPathException e) {
            problems.add(
                    new Position(NAME, 1, 1), "the value of " + DIRECTORY + " is no directory");
            return Optional.empty();
        }
    }

    /** The mapping in a file; nothing, and a problem, if there is none. */
    Optional<YamlMapping> read(Path file) {
        String name = file.toString();
        try {
            if (Files.size(file) > MAX_BYTES) {
                problems.add(new Position(name, 1, 1), "this file is larger than 1 MiB");
                return Optional.empty();
            }
            Optional<YamlValue> document =
                    YamlValue.parse(name, Files.readAllBytes(file), YamlValue.verbatim(), problems);
            if (document.isEmpty() && problems.isEmpty()) {
                problems.add(new Position(name, 1, 1), "this file is empty");
            }
            return document.filter(this::isMapping).map(YamlValue::mapping);
        } catch (IOException e) {
            problems.add(new Position(name, 1, 1), "this file cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isMapping(YamlValue document) {
        if (!document.isMapping()) {
            document.reject("expected names of profiles with what they are below them");
        }
        return document.isMapping();
    }
}
