/** The revision of the project that a service follows, and how it comes to follow the next. */
@NullMarked
package dev.millrace.operations.revision;

import org.jspecify.annotations.NullMarked;
