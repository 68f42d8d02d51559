/** What a dbt project comes down to: its nodes, sources and macros, and what each depends on. */
@NullMarked
package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.NullMarked;
