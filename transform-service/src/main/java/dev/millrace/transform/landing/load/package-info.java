/**
 * Streams that are replaced load by load: where the rows of a load wait until all of them are
 * there, and how they take the place of those before.
 */
@NullMarked
package dev.millrace.transform.landing.load;

import org.jspecify.annotations.NullMarked;
