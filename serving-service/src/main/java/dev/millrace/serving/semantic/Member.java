package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.Segment;

import java.util.List;

/** A member as a query names it: of a cube, or of a cube by way of a view. */
public sealed interface Member {

    /** As the query writes it, {@code cube.member} or {@code view.member}. */
    String path();

    /** The cube that it belongs to. */
    Cube cube();

    /** The cubes on the way to its own; only its own unless a view tells the way. */
    List<String> way();

    /** Whether it may stand in a result. */
    boolean shown();

    /** What the result's column is called in SQL. */
    default String alias() {
        return path().replace(".", "__");
    }

    /** A measure that a query names. */
    record OfMeasure(String path, Cube cube, List<String> way, boolean shown, Measure measure)
            implements Member {}

    /** A dimension that a query names. */
    record OfDimension(String path, Cube cube, List<String> way, boolean shown, Dimension dimension)
            implements Member {}

    /** A segment that a query names. */
    record OfSegment(String path, Cube cube, List<String> way, boolean shown, Segment segment)
            implements Member {}
}
