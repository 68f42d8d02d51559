/** Tests. */
@NullMarked
package dev.millrace.transform.publish;

import org.jspecify.annotations.NullMarked;
