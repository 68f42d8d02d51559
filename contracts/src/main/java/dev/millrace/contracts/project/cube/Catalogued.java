package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

/** What stands in the catalogue that clients see: a cube or a view. */
public sealed interface Catalogued permits Cube, View {

    String name();

    Position position();

    About about();
}
