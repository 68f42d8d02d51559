/** Tests. */
@NullMarked
package dev.millrace.transform.landing.row;

import org.jspecify.annotations.NullMarked;
