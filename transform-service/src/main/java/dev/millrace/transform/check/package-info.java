/** Judges what tests have found. */
@NullMarked
package dev.millrace.transform.check;

import org.jspecify.annotations.NullMarked;
