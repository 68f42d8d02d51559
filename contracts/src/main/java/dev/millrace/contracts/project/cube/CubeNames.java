package dev.millrace.contracts.project.cube;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the names in references mean. */
public final class CubeNames {

    private final Map<String, Cube> cubes = new LinkedHashMap<>();

    /** Where a reference leads. */
    public sealed interface Target {}

    /** A cube, as an alias in SQL. */
    public record ToCube(Cube cube) implements Target {}

    /** A dimension. */
    public record ToDimension(Cube cube, Dimension dimension) implements Target {}

    /** A measure. */
    public record ToMeasure(Cube cube, Measure measure) implements Target {}

    /** A segment. */
    public record ToSegment(Cube cube, Segment segment) implements Target {}

    public CubeNames(Collection<Cube> cubes) {
        cubes.forEach(cube -> this.cubes.putIfAbsent(cube.name(), cube));
    }

    public Optional<Cube> cube(String name) {
        return Optional.ofNullable(cubes.get(name));
    }

    /** A member of a cube. */
    public static Optional<Target> member(Cube cube, String name) {
        Optional<Target> dimension = cube.dimension(name).map(d -> new ToDimension(cube, d));
        Optional<Target> measure = cube.measure(name).map(m -> new ToMeasure(cube, m));
        Optional<Target> segment = cube.segment(name).map(s -> new ToSegment(cube, s));
        return dimension.or(() -> measure).or(() -> segment);
    }

    /**
     * What a reference in the SQL of a cube means: a member of the cube itself before another cube
     * of that name.
     */
    public Optional<Target> resolve(Cube here, SqlTemplate.Reference reference) {
        List<String> path = reference.path();
        if (path.size() > 2) {
            return along(here, path);
        }
        Optional<Cube> named =
                path.getFirst().equals("CUBE") ? Optional.of(here) : cube(path.getFirst());
        if (path.size() == 2) {
            return named.flatMap(cube -> member(cube, path.get(1)));
        }
        return member(here, path.getFirst()).or(() -> named.map(ToCube::new));
    }

    /** The member at the end of a way of joins. */
    private Optional<Target> along(Cube here, List<String> path) {
        String first = path.getFirst();
        Optional<Cube> at = first.equals("CUBE") ? Optional.of(here) : cube(first);
        for (String next : path.subList(1, path.size() - 1)) {
            at =
                    at.filter(c -> c.joins().stream().anyMatch(j -> j.target().equals(next)))
                            .flatMap(_ -> cube(next));
        }
        return at.flatMap(cube -> member(cube, path.getLast()));
    }

    /** The names that a reference in a cube may begin with. */
    Collection<String> known() {
        return cubes.keySet();
    }
}
