/** Tests. */
@NullMarked
package dev.millrace.transform.run.graph;

import org.jspecify.annotations.NullMarked;
