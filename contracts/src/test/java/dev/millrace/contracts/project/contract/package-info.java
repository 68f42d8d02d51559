/** Tests. */
@NullMarked
package dev.millrace.contracts.project.contract;

import org.jspecify.annotations.NullMarked;
