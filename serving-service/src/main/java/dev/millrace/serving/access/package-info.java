/** Who may ask the metrics doors: Cube's tokens, and operators'. */
@NullMarked
package dev.millrace.serving.access;

import org.jspecify.annotations.NullMarked;
