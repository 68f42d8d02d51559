/** Lands records, and runs the models over them: the service as it starts. */
@NullMarked
package dev.millrace.transform;

import org.jspecify.annotations.NullMarked;
