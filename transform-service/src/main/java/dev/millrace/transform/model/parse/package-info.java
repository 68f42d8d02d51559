/** Reads a dbt project and its packages, and tells every mistake in them. */
@NullMarked
package dev.millrace.transform.model.parse;

import org.jspecify.annotations.NullMarked;
