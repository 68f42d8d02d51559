/** Tests. */
@NullMarked
package dev.millrace.transform.check;

import org.jspecify.annotations.NullMarked;
