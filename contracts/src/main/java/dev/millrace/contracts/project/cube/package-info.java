/** Cube's data model as a project writes it: cubes and views, read with positions and checked. */
@NullMarked
package dev.millrace.contracts.project.cube;

import org.jspecify.annotations.NullMarked;
