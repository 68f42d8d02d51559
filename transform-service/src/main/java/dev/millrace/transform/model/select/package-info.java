/** Which nodes a command is about: dbt's node selection over a manifest. */
@NullMarked
package dev.millrace.transform.model.select;

import org.jspecify.annotations.NullMarked;
