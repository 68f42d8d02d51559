/** Turns JSON into rows: which value belongs to which column of which table. */
@NullMarked
package dev.millrace.transform.landing.row;

import org.jspecify.annotations.NullMarked;
