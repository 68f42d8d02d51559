/**
 * Writes what other tools read of a project and its runs: dbt's artifacts under {@code target/}.
 */
@NullMarked
package dev.millrace.transform.run.artifact;

import org.jspecify.annotations.NullMarked;
