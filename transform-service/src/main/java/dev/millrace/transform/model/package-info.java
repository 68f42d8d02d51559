/** The models of a project: found, configured, put in order, selected, and compiled to SQL. */
@NullMarked
package dev.millrace.transform.model;

import org.jspecify.annotations.NullMarked;
