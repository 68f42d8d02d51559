/** Tests of landing, with a real broker and a real warehouse. */
@NullMarked
package dev.millrace.transform.landing;

import org.jspecify.annotations.NullMarked;
