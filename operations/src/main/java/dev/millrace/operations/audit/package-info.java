/** What operators did or tried, who they were and why, kept beside the service's state. */
@NullMarked
package dev.millrace.operations.audit;

import org.jspecify.annotations.NullMarked;
