/** The commands of dbt's command line, which need a project and a PostgreSQL and nothing else. */
@NullMarked
package dev.millrace.transform.command;

import org.jspecify.annotations.NullMarked;
