/** Who may do what at a service's doors: operators' tokens, API keys and roles. */
@NullMarked
package dev.millrace.operations.access;

import org.jspecify.annotations.NullMarked;
