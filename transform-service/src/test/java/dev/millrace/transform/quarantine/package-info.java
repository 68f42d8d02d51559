/** Tests. */
@NullMarked
package dev.millrace.transform.quarantine;

import org.jspecify.annotations.NullMarked;
