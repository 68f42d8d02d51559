/** Answers that come again whenever their data change: one evaluation for all who watch. */
@NullMarked
package dev.millrace.serving.live;

import org.jspecify.annotations.NullMarked;
