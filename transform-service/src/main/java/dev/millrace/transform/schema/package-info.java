/** The tables of the sources: what columns they have, and how they come to have more. */
@NullMarked
package dev.millrace.transform.schema;

import org.jspecify.annotations.NullMarked;
