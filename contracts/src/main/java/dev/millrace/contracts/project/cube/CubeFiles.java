package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code model/cubes/*.yml} and {@code model/views/*.yml}. */
public final class CubeFiles {

    private final Problems problems;
    private final List<Named> cubes = new ArrayList<>();
    private final List<Named> views = new ArrayList<>();
    private final Map<String, Position> names = new HashMap<>();
    private final Map<Named, Cube> read = new HashMap<>();

    /** A cube or view that waits until all of them are known. */
    private record Named(YamlMapping mapping, String name) {}

    private CubeFiles(Problems problems) {
        this.problems = problems;
    }

    /** The cubes and views of a project; mistakes, also dangling references, are collected. */
    public static CubeModel read(ProjectFiles files, Environment environment, Problems problems) {
        CubeFiles reader = new CubeFiles(problems);
        files.below("model", "yml", "yaml")
                .forEach(
                        path ->
                                YamlValue.parse(path, files.bytes(path), environment, problems)
                                        .ifPresent(reader::readFile));
        return reader.model();
    }

    private void readFile(YamlValue document) {
        YamlMapping top = document.mapping();
        top.list("cubes").forEach(item -> cubes.add(claim(item.mapping())));
        top.list("views").forEach(item -> views.add(claim(item.mapping())));
        top.rejectUnknown();
    }

    private Named claim(YamlMapping mapping) {
        String name = CubeKeys.name(mapping);
        claim(mapping, name);
        return new Named(mapping, name);
    }

    private Cube read(Named cube, Set<String> extending) {
        Cube already = read.get(cube);
        if (already != null) {
            return already;
        }
        extending.add(cube.name());
        Cube base = base(cubes, cube, extending).map(found -> read(found, extending)).orElse(null);
        Cube now = new CubeReader(cube.mapping(), cube.name(), base).read();
        cube.mapping().rejectUnknown();
        read.put(cube, now);
        return now;
    }

    /** What a cube or view extends. */
    private static Optional<Named> base(List<Named> all, Named extending, Set<String> names) {
        Optional<YamlValue> found = extending.mapping().take("extends");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String written = found.get().text().orElse("");
        Optional<Named> base = all.stream().filter(o -> o.name().equals(written)).findFirst();
        if (base.isEmpty()) {
            CubeKeys.reject(
                    found.get(),
                    "cube or view",
                    written,
                    all.stream().map(Named::name).filter(n -> !names.contains(n)).toList());
        } else if (names.contains(written)) {
            found.get().reject("'%s' extends itself".formatted(written));
            return Optional.empty();
        }
        return base;
    }

    private void claim(YamlMapping mapping, String name) {
        Position here = mapping.position("name");
        Position other = name.isEmpty() ? null : names.putIfAbsent(name, here);
        if (other != null) {
            mapping.reject(
                    "name",
                    "the name '%s' is taken by the cube or view at %s".formatted(name, other));
        }
    }

    private CubeModel model() {
        List<Cube> all = cubes.stream().map(cube -> read(cube, new HashSet<>())).toList();
        CubeReferences.check(all, problems);
        ViewReader reader = new ViewReader(all);
        Map<Named, View> done = new HashMap<>();
        List<View> read =
                views.stream().map(view -> read(reader, view, done, new HashSet<>())).toList();
        return new CubeModel(all, read);
    }

    private View read(ViewReader reader, Named view, Map<Named, View> done, Set<String> extending) {
        View already = done.get(view);
        if (already != null) {
            return already;
        }
        extending.add(view.name());
        View base =
                base(views, view, extending)
                        .map(found -> read(reader, found, done, extending))
                        .orElse(null);
        View now = reader.read(view.mapping(), view.name(), base);
        done.put(view, now);
        return now;
    }
}
