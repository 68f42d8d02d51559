/** Keeps the tables of live models up to what their inputs have, batch by batch. */
@NullMarked
package dev.millrace.transform.materialization.live;

import org.jspecify.annotations.NullMarked;
