/** Hands out the rows that changed in a relation, to programs that take them elsewhere. */
@NullMarked
package dev.millrace.serving.feed;

import org.jspecify.annotations.NullMarked;
