/** The metrics of a project: what its cubes mean, and the SQL that a query over them becomes. */
@NullMarked
package dev.millrace.serving.semantic;

import org.jspecify.annotations.NullMarked;
