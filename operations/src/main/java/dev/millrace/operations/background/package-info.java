/** Work that goes on beside the requests. */
@NullMarked
package dev.millrace.operations.background;

import org.jspecify.annotations.NullMarked;
