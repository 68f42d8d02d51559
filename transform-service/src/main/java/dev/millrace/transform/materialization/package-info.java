/** Turns the SQL of a model into a view or a table, so that its readers never find it missing. */
@NullMarked
package dev.millrace.transform.materialization;

import org.jspecify.annotations.NullMarked;
