/** The commands of {@code ./millrace}. */
@NullMarked
package dev.millrace.standalone.command;

import org.jspecify.annotations.NullMarked;
