/** Tests. */
@NullMarked
package dev.millrace.transform.run.node;

import org.jspecify.annotations.NullMarked;
