/** The trace of the work at hand, for those who pass it on outside HTTP. */
@NullMarked
package dev.millrace.operations.trace;

import org.jspecify.annotations.NullMarked;
