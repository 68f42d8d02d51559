package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code model/cubes/*.yml} and {@code model/views/*.yml}. */
public final class CubeFiles {

    private final Problems problems;
    private final List<Cube> cubes = new ArrayList<>();
    private final List<NamedView> views = new ArrayList<>();
    private final Map<String, Position> names = new HashMap<>();

    /** A view that waits until all cubes are known. */
    private record NamedView(YamlMapping view, String name) {}

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
        top.list("cubes").forEach(item -> readCube(item.mapping()));
        top.list("views").forEach(item -> claimView(item.mapping()));
        top.rejectUnknown();
    }

    private void readCube(YamlMapping cube) {
        String name = CubeKeys.name(cube);
        claim(cube, name);
        cubes.add(new CubeReader(cube, name).read());
        cube.rejectUnknown();
    }

    private void claimView(YamlMapping view) {
        String name = CubeKeys.name(view);
        claim(view, name);
        views.add(new NamedView(view, name));
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
        CubeReferences.check(cubes, problems);
        ViewReader reader = new ViewReader(cubes);
        List<View> read = views.stream().map(v -> reader.read(v.view(), v.name())).toList();
        return new CubeModel(cubes, read);
    }
}
