/** Data contracts at work: what the rows of a stream are held to while they land. */
@NullMarked
package dev.millrace.transform.landing.contract;

import org.jspecify.annotations.NullMarked;
