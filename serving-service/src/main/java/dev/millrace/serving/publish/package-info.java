/** Tells other services what serving wants of them. */
@NullMarked
package dev.millrace.serving.publish;

import org.jspecify.annotations.NullMarked;
