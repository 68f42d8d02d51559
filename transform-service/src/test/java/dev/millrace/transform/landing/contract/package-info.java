/** Tests. */
@NullMarked
package dev.millrace.transform.landing.contract;

import org.jspecify.annotations.NullMarked;
