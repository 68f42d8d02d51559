/** Lists that are too long for one answer. */
@NullMarked
package dev.millrace.operations.page;

import org.jspecify.annotations.NullMarked;
