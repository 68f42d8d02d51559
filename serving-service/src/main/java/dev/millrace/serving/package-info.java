/** Answers queries over the warehouse: the service as it starts. */
@NullMarked
package dev.millrace.serving;

import org.jspecify.annotations.NullMarked;
