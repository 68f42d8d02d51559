/** Tells the other services what happened here, once the transaction that did it is committed. */
@NullMarked
package dev.millrace.transform.publish;

import org.jspecify.annotations.NullMarked;
