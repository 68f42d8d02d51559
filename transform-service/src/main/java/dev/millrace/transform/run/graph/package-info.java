/** Carries out the nodes of a run in the order of what they read. */
@NullMarked
package dev.millrace.transform.run.graph;

import org.jspecify.annotations.NullMarked;
