/** Many rows at once, as PostgreSQL takes them fastest. */
@NullMarked
package dev.millrace.operations.copy;

import org.jspecify.annotations.NullMarked;
