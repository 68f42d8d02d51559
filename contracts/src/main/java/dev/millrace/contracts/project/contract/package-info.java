/** The files {@code contracts/*.yaml}: what a stream's records must be, by ODCS. */
@NullMarked
package dev.millrace.contracts.project.contract;

import org.jspecify.annotations.NullMarked;
