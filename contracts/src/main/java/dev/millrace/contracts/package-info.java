/** What crosses a process boundary: topics, records, service events, and the files of a project. */
@NullMarked
package dev.millrace.contracts;

import org.jspecify.annotations.NullMarked;
