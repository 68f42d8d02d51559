package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Join;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Numbers the groups of cubes that joins connect, in any direction, from 1. */
final class ConnectedComponents {

    private final Map<String, String> parents = new HashMap<>();
    private final List<Cube> cubes;

    ConnectedComponents(List<Cube> cubes) {
        this.cubes = cubes;
        for (Cube cube : cubes) {
            for (Join join : cube.joins()) {
                parents.put(root(cube.name()), root(join.target()));
            }
        }
    }

    Map<String, Integer> byCube() {
        Map<String, Integer> numbers = new HashMap<>();
        Map<String, Integer> byCube = new LinkedHashMap<>();
        for (Cube cube : cubes) {
            String root = root(cube.name());
            numbers.putIfAbsent(root, numbers.size() + 1);
            byCube.put(cube.name(), numbers.getOrDefault(root, 1));
        }
        return byCube;
    }

    private String root(String cube) {
        String at = cube;
        String parent = parents.getOrDefault(at, at);
        while (!parent.equals(at)) {
            at = parent;
            parent = parents.getOrDefault(at, at);
        }
        return at;
    }
}
