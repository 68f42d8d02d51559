/** Tests of dbt's artifacts. */
@NullMarked
package dev.millrace.transform.run.artifact;

import org.jspecify.annotations.NullMarked;
