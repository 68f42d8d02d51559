/** Change records: what they say was done to which row, and where in their source's log. */
@NullMarked
package dev.millrace.transform.landing.change;

import org.jspecify.annotations.NullMarked;
