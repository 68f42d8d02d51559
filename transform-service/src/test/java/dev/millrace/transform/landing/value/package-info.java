/** Tests. */
@NullMarked
package dev.millrace.transform.landing.value;

import org.jspecify.annotations.NullMarked;
