/** Errors as RFC 9457 problem details, wherever no other format is spoken. */
@NullMarked
package dev.millrace.operations.problem;

import org.jspecify.annotations.NullMarked;
