/** Turns nodes into the SQL that PostgreSQL gets to see. */
@NullMarked
package dev.millrace.transform.model.compile;

import org.jspecify.annotations.NullMarked;
