/** Tests of the service as a whole. */
@NullMarked
package dev.millrace.transform;

import org.jspecify.annotations.NullMarked;
