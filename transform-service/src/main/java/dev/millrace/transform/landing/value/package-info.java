/** Values between JSON and PostgreSQL: what each becomes, exactly. */
@NullMarked
package dev.millrace.transform.landing.value;

import org.jspecify.annotations.NullMarked;
