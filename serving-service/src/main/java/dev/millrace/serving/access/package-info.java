/** Who may ask the metrics doors, by Cube's tokens and operators', and whose rows they may see. */
@NullMarked
package dev.millrace.serving.access;

import org.jspecify.annotations.NullMarked;
