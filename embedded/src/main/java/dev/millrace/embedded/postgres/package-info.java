/** A real PostgreSQL server as a child process, with persistent data. */
@NullMarked
package dev.millrace.embedded.postgres;

import org.jspecify.annotations.NullMarked;
