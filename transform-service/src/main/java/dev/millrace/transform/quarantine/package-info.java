/** Keeps the records that could not go where they were meant to go, and tells why. */
@NullMarked
package dev.millrace.transform.quarantine;

import org.jspecify.annotations.NullMarked;
