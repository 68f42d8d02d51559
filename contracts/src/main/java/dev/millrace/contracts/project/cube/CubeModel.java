package dev.millrace.contracts.project.cube;

import java.util.List;
import java.util.Optional;

/**
 * The cubes and views of a project, in the order of files. All references in them are known to lead
 * somewhere.
 */
public record CubeModel(List<Cube> cubes, List<View> views) {

    /** A project without cubes. */
    public static final CubeModel EMPTY = new CubeModel(List.of(), List.of());

    public CubeModel {
        cubes = List.copyOf(cubes);
        views = List.copyOf(views);
    }

    public Optional<Cube> cube(String name) {
        return cubes.stream().filter(cube -> cube.name().equals(name)).findFirst();
    }
}
