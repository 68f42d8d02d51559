/** The files {@code sources/*.yml}: where data comes from. */
@NullMarked
package dev.millrace.contracts.project.source;

import org.jspecify.annotations.NullMarked;
