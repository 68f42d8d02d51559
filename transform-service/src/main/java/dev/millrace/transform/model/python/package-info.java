/** What templates of dbt see of Python: its dates, times and zones, patterns and iterators. */
@NullMarked
package dev.millrace.transform.model.python;

import org.jspecify.annotations.NullMarked;
