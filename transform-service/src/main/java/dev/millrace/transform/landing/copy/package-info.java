/** PostgreSQL's binary COPY format, and rows written by it. */
@NullMarked
package dev.millrace.transform.landing.copy;

import org.jspecify.annotations.NullMarked;
