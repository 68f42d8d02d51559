/** The {@code millrace} command line. */
@NullMarked
package dev.millrace.standalone;

import org.jspecify.annotations.NullMarked;
