/** Tests. */
@NullMarked
package dev.millrace.transform.landing.copy;

import org.jspecify.annotations.NullMarked;
