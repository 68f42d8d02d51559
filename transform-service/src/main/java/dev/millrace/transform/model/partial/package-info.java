/**
 * Partial parsing: what was read of a project, kept between commands, so that the next one reads
 * only what changed. If nothing did, that is nothing.
 */
@NullMarked
package dev.millrace.transform.model.partial;

import org.jspecify.annotations.NullMarked;
