/** The names that dbt gives to templates: references, settings, the adapter, the target. */
@NullMarked
package dev.millrace.transform.model.context;

import org.jspecify.annotations.NullMarked;
