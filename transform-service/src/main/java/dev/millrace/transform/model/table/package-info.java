/** Results of queries as templates of dbt see them: the tables that agate makes of them. */
@NullMarked
package dev.millrace.transform.model.table;

import org.jspecify.annotations.NullMarked;
