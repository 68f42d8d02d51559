/** Which identities the tables have already, so that no record lands twice. */
@NullMarked
package dev.millrace.transform.landing.identity;

import org.jspecify.annotations.NullMarked;
